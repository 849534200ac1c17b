"""Tests of lm-eval's tasks in the worker, on data that is made here."""

import json
import math
import shutil
import subprocess
import sys
import unittest

import test_worker
import tokenizers
import torch
import transformers
from merge_to_mix_worker import harness
from merge_to_mix_worker.engine import Engine

ROWS = [
    {"q": f"word {i}", "choices": ["red", f"green {i}", "blue"], "gold": i % 3, "text": "ab " * i}
    for i in range(12)
]
DATA = "dataset_path: json\ndataset_kwargs: {data_files: {test: rows.jsonl}}\ntest_split: test\n"
CHOICE = (
    "task: own_choice\noutput_type: multiple_choice\ndoc_to_text: '{{q}}'\nfewshot_split: test\n"
    "doc_to_choice: choices\ndoc_to_target: gold\n"
    "metric_list: [{metric: acc}, {metric: acc_norm}, {metric: brier_score}]\n"
)
TEXTS = (
    "task: own_texts\noutput_type: loglikelihood_rolling\ndoc_to_text: ''\n"
    "doc_to_target: '{{text}}'\nmetric_list: [{metric: word_perplexity}, {metric: bits_per_byte}]\n"
)
WRITTEN = (
    "task: own_written\noutput_type: generate_until\ndoc_to_text: '{{q}}'\ndoc_to_target: 'a'\n"
    "generation_kwargs: {until: ['.'], max_gen_toks: 4, do_sample: %s}\n"
    "metric_list: [{metric: exact_match, aggregation: mean, higher_is_better: true}]\n"
)


class HarnessTest(test_worker.InAFolder):
    def task(self, name, yaml, rows=ROWS):
        folder = self.folder / "tasks"
        folder.mkdir(exist_ok=True)
        (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        (folder / name).write_text(yaml + DATA)
        return {"task": str(folder / name)}

    def described(self, settings):
        return harness.described({"one": settings}, lambda: None)["one"]

    def engine(self, settings, documents, **more):
        model = transformers.LlamaForCausalLM(test_worker.config(vocab_size=300))
        model.save_pretrained(self.folder)
        tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
        tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = tokenizers.decoders.ByteLevel()
        trainer = tokenizers.trainers.BpeTrainer(
            special_tokens=["</s>"],
            initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        tokenizer.train_from_iterator(["word"], trainer)
        transformers.PreTrainedTokenizerFast(
            tokenizer_object=tokenizer, eos_token="</s>"
        ).save_pretrained(self.folder)
        digest = self.described(settings)["digest"]
        asked = {"lm-eval": settings, "digest": digest, "documents": documents} | more
        return Engine(
            test_worker.opening(self.folder, tasks={"search/task": asked}), test_worker.Steps()
        )

    def measures(self, engine, number, blocks):
        return engine.evaluate(
            {
                "surrogate": number,
                "digest": test_worker.digest(engine.parameters.body),
                "task": "search/task",
                "blocks": blocks,
            }
        )["measures"]

    def test_tells_what_scores_each_example_and_what_does_not(self):
        choice = self.described(self.task("choice.yaml", CHOICE))
        self.assertEqual(choice["examples"], 12)
        self.assertEqual(
            choice["measures"]["acc_norm,none"], {"higher": True, "aggregate": "mean"}
        )
        self.assertIn("all examples together", choice["refused"]["brier_score,none"])
        texts = self.described(self.task("texts.yaml", TEXTS))
        self.assertEqual(texts["measures"]["word_perplexity,none"]["aggregate"], "exp-of-mean")
        self.assertEqual(texts["measures"]["word_perplexity,none"]["weights"][:3], [1, 2, 3])
        self.assertIn("counts nothing", texts["refused"]["bits_per_byte,none"])

    def test_has_a_digest_of_contents_and_not_of_places(self):
        settings = self.task("choice.yaml", CHOICE)
        first = self.described(settings)["digest"]
        shutil.move(self.folder / "tasks", self.folder / "other")
        moved = {"task": str(self.folder / "other" / "choice.yaml")}
        self.assertEqual(self.described(moved)["digest"], first)
        self.assertNotEqual(self.described(moved | {"shots": 1})["digest"], first)
        changed = [ROWS[0] | {"gold": 2}, *ROWS[1:]]
        again = self.task("choice.yaml", CHOICE, changed)
        self.assertNotEqual(self.described(again)["digest"], first)

    def test_refuses_what_cannot_be_run_rightly(self):
        for settings, problem in (
            (self.task("random.yaml", WRITTEN % "true"), "at random"),
            (self.task("warm.yaml", WRITTEN % "null, temperature: 0.7"), "at random"),
            (
                # lm-eval itself looks at the first example alone.
                self.task(
                    "failing.yaml",
                    TEXTS.replace("{{text}}", '{{text if q == "word 0" else text.none()}}'),
                ),
                "cannot be looked at: ",
            ),
            (self.task("broken.yaml", "task: [\n"), "cannot read the task"),
            ({"task": str(self.folder / "none.yaml")}, "there is no file"),
            (
                self.task("zero.yaml", CHOICE + "num_fewshot: 0\n") | {"shots": 2},
                "worked examples",
            ),
        ):
            with self.subTest(problem):
                self.assertIn(problem, self.described(settings)["problem"])

    def test_takes_a_temperature_that_is_not_used(self):
        settings = self.task("cold.yaml", WRITTEN % "false, temperature: 0.7")
        self.assertEqual(self.described(settings)["examples"], 12)

    def test_scores_a_block_the_same_whatever_else_is_asked_and_after_others(self):
        documents = [7, 2, 9, 0, 4, 11]
        for yaml in (CHOICE, TEXTS, WRITTEN % "false"):
            with self.subTest(yaml.splitlines()[0]):
                engine = self.engine(self.task("one.yaml", yaml), documents)
                base = self.measures(engine, 1, [[0, 2], [2, 6]])
                before = {name: view.clone() for name, view in engine.parameters.views.items()}
                for view in engine.parameters.views.values():
                    view.mul_(1.5)
                self.measures(engine, 2, [[0, 2]])
                for name, view in engine.parameters.views.items():
                    view.copy_(before[name])
                later = self.measures(engine, 3, [[2, 6]])
                self.assertEqual({name: each[2:] for name, each in base.items()}, later)

    def test_says_nothing_in_place_of_what_is_no_number(self):
        for yaml in (CHOICE, WRITTEN % "false"):
            with self.subTest(yaml.splitlines()[0]):
                engine = self.engine(self.task("one.yaml", yaml), [1, 0])
                for view in engine.parameters.views.values():
                    view.fill_(math.nan)
                for found in self.measures(engine, 2, [[0, 2]]).values():
                    self.assertEqual(found, [None, None])

    def test_refuses_a_task_that_changed_since_the_run_began(self):
        with self.assertRaisesRegex(ValueError, "changed since the run began"):
            self.engine(self.task("one.yaml", CHOICE), [0], digest="0")

    def test_reads_no_more_tokens_at_once_than_the_manifest_says(self):
        rows = [row | {"text": "a" * 40} for row in ROWS]
        settings = self.task("texts.yaml", TEXTS, rows)
        torch.manual_seed(0)
        whole = self.measures(self.engine(settings, [0]), 1, [[0, 1]])
        torch.manual_seed(0)
        cut = self.engine(settings, [0], context=8)
        self.assertEqual(cut.harness.model.max_length, 8)
        self.assertNotEqual(self.measures(cut, 1, [[0, 1]]), whole)


class WithoutLmEvalTest(unittest.TestCase):
    def test_says_what_is_lacking(self):
        script = (
            "import sys\n"
            "sys.modules['lm_eval'] = None\n"
            "from merge_to_mix_worker.channel import described\n"
            "print(described({'one': {'task': 'x'}}, None)['one']['problem'])\n"
        )
        ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
        self.assertIn("no lm-eval", ran.stdout, ran.stderr)


if __name__ == "__main__":
    unittest.main()
