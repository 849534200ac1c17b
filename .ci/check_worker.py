"""Searches by workers, and the worker that is shipped, alone.

A small Llama with a BPE tokenizer trained here, two whole experts and an adapter are searched by
DJL, by the worker in the jar, and by the documented example of another command; by tasks of
lm-eval, whose scores are compared with those of lm-eval on an exported folder. Three adapters are
searched by the worker in the jar twice, merged and by their factors, and the scores compared. Run
with the packages in requirements-models.txt; environment: CI_SPARK_BIN, where PySpark is installed,
and CI_JAR, the jar for spark-submit.
"""

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(tempfile.mkdtemp(prefix="worker-"))
os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(ROOT / "cache")}

import checks
import lm_eval
import lm_eval.models.huggingface
import lm_eval.tasks
import peft
import pyarrow.dataset
import tokenizers
import torch
import transformers as hf

hf.logging.set_verbosity_error()
hf.utils.logging.disable_progress_bar()
torch.set_num_threads(2)

REPOSITORY = Path(__file__).resolve().parent.parent
WORKER = REPOSITORY / "src/main/python/worker"
EXPERTS = ["adapter", "whole1", "whole2"]
# Adapters alone: another form of factors, and tensors that were saved whole.
ADAPTERS = {
    "adapter": {"r": 4},
    "ranks": {"r": 4, "use_rslora": True, "rank_pattern": {"q_proj": 2}},
    "saved": {"r": 2, "modules_to_save": ["norm"]},
}
VOCABULARY = 1024
# Of searches that have another one than manifest.conf.
MANIFESTS = {
    "harness": "harness",
    "wrong": "wrong",
    "example": "likely",
    "merged": "adapters",
    "factors": "adapters",
    "takes none": "adapters",
}
FOUND = {}


def lines():
    prose = (REPOSITORY / "README.md").read_text().splitlines()
    return [line for line in prose if 60 < len(line) < 400][:30]


def llama(seed):
    """The base, moved by noise unless the seed is 0."""
    torch.manual_seed(3)
    model = hf.LlamaForCausalLM(
        hf.LlamaConfig(
            vocab_size=VOCABULARY,
            hidden_size=128,
            intermediate_size=344,
            num_hidden_layers=4,
            num_attention_heads=8,
            num_key_value_heads=4,
            max_position_embeddings=256,
            tie_word_embeddings=True,
            bos_token_id=0,
            eos_token_id=1,
        )
    )
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters() if seed else []:
            parameter += 0.02 * torch.randn(parameter.shape, generator=generator)
    return model


def make():
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<s>", "</s>"],
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train([str(REPOSITORY / "CONTRIBUTING.md")], trainer)
    llama(0).save_pretrained(ROOT / "base")
    hf.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>"
    ).save_pretrained(ROOT / "base")
    for seed in (1, 2):
        llama(seed).save_pretrained(ROOT / f"whole{seed}")
    for seed, (name, form) in enumerate(ADAPTERS.items(), 5):
        torch.manual_seed(seed)
        lora = peft.LoraConfig(task_type="CAUSAL_LM", target_modules="all-linear", **form)
        adapted = peft.get_peft_model(llama(0), lora)
        with torch.no_grad():
            for parameter in adapted.parameters():
                if parameter.requires_grad:
                    parameter.copy_(parameter + 0.05 * torch.randn_like(parameter))
        adapted.save_pretrained(ROOT / name)
    (ROOT / "prose.txt").write_text("\n".join(lines()) + "\n")
    rows = [
        {"context": line[:30], "choices": [line[30:45], "a zebra", line[:9]], "answer": i % 3}
        for i, line in enumerate(lines())
    ]
    (ROOT / "quiz.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    datasets, adapters = (
        "\n".join(f"  {{ id = {id}, expert = {id} }}" for id in some) for some in (EXPERTS, ADAPTERS)
    )
    base = f"base {{ checkpoint = base, context = 48 }}\ndatasets = [\n{datasets}\n]\ntasks = [\n"
    of_adapters = base.replace(datasets, adapters)
    likely = (
        "  { id = prose, kind = language-modelling, data = prose.txt, scale = 1 }\n"
        "  { id = quiz, kind = multiple-choice, measure = margin, data = quiz.jsonl, scale = 1 }\n"
    )
    # What a worker does not have to answer.
    written = (
        "  { id = open, kind = exact-match, measure = answered, data = open.jsonl, max-tokens = 4\n"
        '    filter = "([a-d])", scale = 1 }\n'
    )
    (ROOT / "likely.conf").write_text(base + likely + "]\n")
    (ROOT / "manifest.conf").write_text(base + likely + written + "]\n")
    (ROOT / "adapters.conf").write_text(of_adapters + likely + "]\n")
    (ROOT / "open.jsonl").write_text(
        "".join(json.dumps({"prompt": line[:20], "answer": "e"}) + "\n" for line in lines()[:16])
    )
    make_tasks(datasets)
    (ROOT / "score").write_text(
        f"#!{sys.executable}\n"
        "import hashlib, os, sys\n"
        "body = open(os.path.join(sys.argv[1], 'model.safetensors'), 'rb').read()\n"
        "number = int(hashlib.sha256(body).hexdigest()[:8], 16)\n"
        "for line in open(sys.argv[2]):\n"
        "    print(1 + number % (len(line) + 7))\n"
    )
    (ROOT / "score").chmod(0o755)
    (ROOT / "memory").mkdir()


METRICS = {
    "choice": ("multiple_choice", "acc_norm,none", ["acc", "acc_norm"]),
    "texts": ("loglikelihood_rolling", "bits_per_byte,none", ["word_perplexity", "bits_per_byte"]),
    "written": ("generate_until", "exact_match,letter", ["exact_match"]),
}
EXPORTED = "adapter+whole1"


def make_tasks(datasets):
    """Tasks of lm-eval on local data: one each of multiple choice, rolling texts and generation."""
    folder = ROOT / "tasks"
    folder.mkdir()
    rows = [
        {"q": f"{line[:40]}?", "choices": [line[40:50], "a zebra", line[:7]], "gold": i % 3}
        | {"text": line, "answer": "e"}
        for i, line in enumerate(lines())
    ]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    of_kind = {
        "choice": "doc_to_text: '{{q}}'\ndoc_to_choice: choices\ndoc_to_target: gold\n",
        "texts": "doc_to_text: ''\ndoc_to_target: '{{text}}'\n",
        "written": "doc_to_text: '{{q}}'\ndoc_to_target: '{{answer}}'\nfewshot_split: test\n"
        "generation_kwargs: {until: ['.'], max_gen_toks: 6, do_sample: false}\n"
        "filter_list: [{name: letter, filter: [{function: regex, regex_pattern: '([a-f])'},"
        " {function: take_first}]}]\n",
    }
    entries = []
    for name, (kind, measure, metrics) in METRICS.items():
        listed = "".join(f"  - metric: {metric}\n" for metric in metrics)
        (folder / f"{name}.yaml").write_text(
            f"task: own_{name}\noutput_type: {kind}\ndataset_path: json\ntest_split: test\n"
            "dataset_kwargs: {data_files: {test: rows.jsonl}}\n"
            f"{of_kind[name]}metric_list:\n{listed}"
        )
        entries.append(
            f'  {{ id = {name}, kind = lm-eval, task = "tasks/{name}.yaml", examples = 20,'
            f' confirm = 5, scale = 1, measure = "{measure}"'
            f"{', shots = 2' if name == 'written' else ''} }}"
        )
    base = "base { checkpoint = base }\ndatasets = [\n" + datasets + "\n]\ntasks = [\n"
    (ROOT / "harness.conf").write_text(base + "\n".join(entries) + "\n]\n")
    (ROOT / "wrong.conf").write_text(
        base
        + "  { id = one, kind = lm-eval, task = own_chioce, measure = acc }\n"
        + '  { id = two, kind = lm-eval, task = arc_easy, measure = "acc,none" }\n]\n'
    )


def search(name, *settings, manifest="manifest.conf"):
    return {
        "manifest": str(ROOT / manifest),
        "settings": [f"output={ROOT / name}", "report.top=100", *settings],
    }


def check_searches_by_every_engine():
    make()
    worker = ["evaluation.engine=worker", f"worker.python={sys.executable}"]
    example = f"{sys.executable},{WORKER / 'examples/score_once.py'},{ROOT / 'score'}"
    searches = {
        "djl": [],
        "apart": [*worker, "search.partition-size=1"],
        "together": [*worker, "search.partition-size=100"],
        "harness": [*worker, "evaluation.batch-size=1", "search.partition-size=100"],
        "wrong": worker,
        "merged": worker,
        "factors": [*worker, "worker.experts=factors"],
        "example": ["evaluation.engine=worker", f"worker.command={example}"],
        "takes none": [
            "evaluation.engine=worker",
            f"worker.command={example}",
            "worker.experts=factors",
        ],
        "no torch": ["evaluation.engine=worker", f"worker.python={os.environ['CI_SPARK_BIN']}/python"],
    }
    memory = f"worker.shared-memory={ROOT / 'memory'}"
    asked = []
    for name, more in searches.items():
        own = MANIFESTS.get(name, "manifest")
        asked.append(search(name, memory, *more, manifest=f"{own}.conf"))
        if name == "harness":
            asked[-1]["exports"] = {EXPORTED: str(ROOT / "exported")}
    ran = subprocess.run(
        [Path(os.environ["CI_SPARK_BIN"]) / "python", REPOSITORY / ".ci/searches.py"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    FOUND.update(zip(searches, json.loads(ran.stdout), strict=True))
    print(json.dumps(FOUND, indent=1))


def check_ranks_as_djl_does_and_scores_within_1e_5():
    ours, theirs = FOUND["djl"]["scores"], FOUND["apart"]["scores"]
    assert list(ours) == list(theirs) and len(ours) == 7, (ours, theirs)
    apart = max(abs(ours[mixture] - theirs[mixture]) for mixture in ours)
    print(f"largest difference of scores: {apart:.1e}")
    assert 0 < apart <= 1e-5, apart


def check_scores_each_example_as_djl_does():
    """Likelihoods a byte to 1e-5, whole ones to 1e-4; what was written is the same, and its scores."""
    theirs = {}
    for row in rows_of("djl"):
        for place, score in enumerate(row["example_scores"], row["from_example"]):
            theirs[row["mixture"], row["task"], row["measure"], place] = score
    apart, seen = {}, {}
    for row in rows_of("apart"):
        for place, score in enumerate(row["example_scores"], row["from_example"]):
            measure = row["measure"]
            other = theirs[row["mixture"], row["task"], measure, place]
            apart[measure] = max(apart.get(measure, 0), abs(score - other))
            seen.setdefault(measure, set()).add(score)
    print({measure: f"{each:.1e}" for measure, each in apart.items()})
    # A margin is a difference of log-likelihoods of whole choices.
    assert apart["bits_per_byte"] <= 1e-5 and apart["margin"] <= 1e-4, apart
    assert apart["answered"] == apart["exact_match"] == 0, apart
    assert seen["answered"] == {0.0, 1.0}, seen["answered"]


def check_repeats_bit_for_bit_whichever_slot_evaluates_what():
    assert FOUND["apart"]["digest"] == FOUND["together"]["digest"], FOUND
    assert FOUND["apart"]["identity"] == FOUND["together"]["identity"]


def check_names_engine_and_versions_in_the_identity():
    assert FOUND["apart"]["versions"]["worker torch"] == "2.15.0", FOUND["apart"]
    assert "torch=2.15.0" in FOUND["apart"]["identity"]["model"]


def check_scores_tasks_of_lm_eval_as_lm_eval_does():
    model = lm_eval.models.huggingface.HFLM(
        pretrained=str(ROOT / "exported"), dtype="float32", batch_size=1, device="cpu"
    )
    manager = lm_eval.tasks.TaskManager(include_defaults=False)
    ours = evaluations()
    os.chdir(ROOT / "tasks")
    compared, equal, shown = 0, 0, set()
    for name, (_, _, metrics) in METRICS.items():
        theirs = lm_eval.simple_evaluate(
            model,
            tasks=[f"{name}.yaml"],
            task_manager=manager,
            num_fewshot=2 if name == "written" else None,
            bootstrap_iters=0,
        )
        for sample in theirs["samples"][f"own_{name}"]:
            for metric in metrics:
                found = ours.get((name, f"{metric},{sample['filter']}", sample["doc_id"]))
                if found is not None:
                    wanted = score(metric, sample[metric])
                    # Another process may sum float32 in another order: mostly equal bit for bit.
                    assert math.isclose(found, wanted, rel_tol=1e-6, abs_tol=1e-9), (
                        name, metric, sample["doc_id"], found, wanted
                    )
                    compared += 1
                    equal += found == wanted
                    shown.add((metric, found))
    print(f"{compared} scores agree, {equal} of them bit for bit; {len(shown)} are different ones")
    assert compared == 20 * 5 and len(shown) > 40, compared


def score(metric, value):
    """A metric of lm-eval as merge-to-mix keeps it: of perplexities, nats or bits of one unit."""
    if not isinstance(value, tuple):
        return float(value)
    nats = -float(value[0]) / value[1]
    return nats / math.log(2) if metric == "bits_per_byte" else nats


def rows_of(run):
    files = list((ROOT / run / "evaluations").rglob("*.parquet"))
    return pyarrow.dataset.dataset(files, format="parquet").to_table().to_pylist()


def evaluations():
    """The scores of the exported mixture, by task, measure and lm-eval's number of the example."""
    run = ROOT / "harness"
    tasks = pyarrow.dataset.dataset(run / "tasks", format="parquet").to_table().to_pylist()
    numbers = {
        (row["task"], row["measure"], row["example"]): int(dict(row["columns"])["document"])
        for row in tasks
    }
    return {
        (row["task"], row["measure"], numbers[row["task"], row["measure"], place]): found
        for row in rows_of("harness")
        if row["mixture"] == EXPORTED and row["status"] == "ok"
        for place, found in enumerate(row["example_scores"], row["from_example"])
    }


def check_says_what_is_wrong_with_tasks_of_lm_eval():
    refused = FOUND["wrong"]["refused"]
    assert "Task one: lm-eval knows no task own_chioce" in refused, refused
    assert "Task two: lm-eval cannot read the task arc_easy" in refused, refused


def check_ranks_by_factors_of_adapters_as_by_what_is_merged():
    merged, folded = FOUND["merged"]["scores"], FOUND["factors"]["scores"]
    assert list(merged) == list(folded) and len(folded) == 7, (merged, folded)
    apart = max(abs(merged[mixture] - folded[mixture]) for mixture in merged)
    print(f"largest difference of scores: {apart:.1e}")
    assert 0 < apart <= 2e-6, apart
    assert " factors/1 " in FOUND["factors"]["identity"]["model"], FOUND["factors"]


def check_refuses_factors_where_a_command_takes_none():
    assert "this worker takes none" in FOUND["takes none"]["refused"], FOUND["takes none"]


def check_takes_a_command_in_another_style():
    assert len(set(FOUND["example"]["scores"].values())) == 7, FOUND["example"]


def check_says_what_a_python_lacks():
    assert "torch" in FOUND["no torch"]["refused"], FOUND["no torch"]


def check_leaves_nothing_in_shared_memory():
    assert not list((ROOT / "memory").iterdir())


def check_the_package_alone():
    """In this process, which has everything imported; the processes that it starts find it, too."""
    os.environ["PYTHONPATH"] = str(WORKER)
    sys.path[:0] = [str(WORKER), str(WORKER / "tests")]
    tests = unittest.defaultTestLoader.discover(str(WORKER / "tests"))
    assert unittest.TextTestRunner(stream=sys.stdout).run(tests).wasSuccessful()


def check_checks_itself():
    from merge_to_mix_worker import self_check

    assert not self_check.run(["--layers", "2", "--width", "64", "--windows", "8"])


if __name__ == "__main__":
    try:
        sys.exit(checks.run(sys.modules[__name__]))
    finally:
        shutil.rmtree(ROOT)
