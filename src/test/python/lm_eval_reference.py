"""Says what lm-eval makes of questions, on tiny models of three families.

Writes, into one folder:

- questions.jsonl, a tokenizer with a token in front (llama) and one without (gpt2, gpt_neox), and
  golden.json, with the log likelihood of every choice, acc, acc_norm and acc_bytes of every question,
  and their standard errors. The questions have an empty context, white space at a context's end,
  characters of several bytes, and contexts longer than a model's.
- riddles.jsonl, whose answers are written, and writing.json, with what was written and exact_match,
  once as it is and once with a filter and normalisations. The answers are what the models write, in
  other words.
- prompts.json, with what stands before a model when there are worked examples, as text and as
  a conversation; the chat template is beside it. Some are of worked.jsonl.

Run with lm_eval 0.4.13 beside the packages in family_requirements.txt:

    python src/test/python/lm_eval_reference.py src/test/resources/org/mergetomix
"""

import json
import os
import random
import re
import shutil
import sys
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"

import lm_eval
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

FAMILIES = {"llama": "front", "gpt2": "bare", "gpt_neox": "bare"}
WORDS = "the fox and dog ran over a lazy hill to see some naïve piñata or red tea".split()
METRICS = ["acc", "acc_norm", "acc_bytes"]


def questions(seed):
    draw = random.Random(seed)

    def text(least, most):
        return " ".join(draw.choice(WORDS) for _ in range(draw.randint(least, most)))

    contexts = ["", "the fox ", "the fox\n", "<s>the fox", "unknown: Ж"]
    contexts += [text(2, 6) for _ in range(14)] + [text(18, 22) for _ in range(10)]
    contexts += [text(90, 110) for _ in range(6)]
    rows = []
    for context in contexts:
        choices = [text(1, 4) for _ in range(draw.randint(2, 5))]
        rows.append(dict(context=context, choices=choices, answer=draw.randrange(len(choices))))
    return rows


def tokenizer(kind):
    made = Tokenizer(models.BPE(unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    made.decoder = decoders.Metaspace(prepend_scheme="never")
    trainer = trainers.BpeTrainer(
        vocab_size=60, special_tokens=["<unk>", "<s>", "</s>"], show_progress=False
    )
    made.train_from_iterator([" ".join(WORDS)] * 3, trainer)
    if kind == "front":
        made.post_processor = processors.TemplateProcessing(
            single="<s> $A", special_tokens=[("<s>", 1)]
        )
    return made


STOP = ["og", "\n\n"]
MOST = 24
# The last of the words behind a vowel; some texts have none.
FILTER = dict(regex_pattern=r"[aeiou]\W*([b-z]\w+)", group_select=-1)
IGNORED = dict(ignore_case=True, ignore_punctuation=True, regexes_to_ignore=["r", "^d"])
CHAT = (
    "{{ bos_token }}{% for message in messages %}<{{ message.role }}>{{ message.content | trim }}</s>\n"
    "{% endfor %}{% if add_generation_prompt %}<assistant>\n{% endif %}"
)


def evaluate(model, kind, resources, folder, task, **options):
    """What lm-eval finds, and a sample for every row, in the order of the rows."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch) / "model"
        place.mkdir()
        for file in ["config.json", "model.safetensors"]:
            shutil.copy(resources / "family" / model / file, place / file)
        for file in (folder / kind).iterdir():
            shutil.copy(file, place / file.name)
        if options.get("apply_chat_template"):
            (place / "chat_template.jinja").write_text(CHAT)
        os.environ["HF_DATASETS_CACHE"] = str(Path(scratch) / "cache")
        results = lm_eval.simple_evaluate(
            model=HFLM(pretrained=str(place), device="cpu", dtype="float32", batch_size=4),
            tasks=[task],
            task_manager=TaskManager(include_defaults=False),
            log_samples=True,
            bootstrap_iters=10,
            **options,
        )
    [samples] = results["samples"].values()
    [figures] = results["results"].values()
    return figures, sorted(samples, key=lambda sample: sample["doc_id"])


def task(name, file, others=(), **more):
    files = dict(test=str(file), **{split: str(other) for split, other in others})
    return dict(
        task=name,
        dataset_path="json",
        dataset_kwargs=dict(data_files=files),
        test_split="test",
        **more,
    )


def choosing(folder, **more):
    return task(
        "questions",
        folder / "questions.jsonl",
        output_type="multiple_choice",
        doc_to_text="{{context}}",
        doc_to_choice="choices",
        doc_to_target="answer",
        metric_list=[dict(metric=name) for name in METRICS],
        **more,
    )


def writing(file, ignored, **more):
    return task(
        "riddles",
        file,
        output_type="generate_until",
        doc_to_text="{{prompt}}",
        doc_to_target="answer",
        generation_kwargs=dict(until=list(STOP), max_gen_toks=MOST, do_sample=False),
        metric_list=[dict(metric="exact_match", **ignored)],
        **more,
    )


def filtered(**more):
    steps = [dict(function="regex", **FILTER), dict(function="take_first")]
    return dict(filter_list=[dict(name="found", filter=steps)], **more)


def score(model, kind, resources, folder):
    figures, samples = evaluate(model, kind, resources, folder, choosing(folder))
    return dict(
        likelihoods=[[answer[0][0] for answer in sample["resps"]] for sample in samples],
        **{name: [sample[name] for sample in samples] for name in METRICS},
        mean={name: figures[name + ",none"] for name in METRICS},
        standard_error={name: figures[name + "_stderr,none"] for name in METRICS},
    )


def write(model, kind, resources, folder, file, ignored, **more):
    figures, samples = evaluate(model, kind, resources, folder, writing(file, ignored, **more))
    [mean] = [value for name, value in figures.items() if name.startswith("exact_match,")]
    [error] = [value for name, value in figures.items() if name.startswith("exact_match_stderr,")]
    return dict(
        written=[sample["resps"][0][0] for sample in samples],
        exact_match=[sample["exact_match"] for sample in samples],
        mean=mean,
        standard_error=error,
    )


def riddles(resources, folder):
    """Asks for what the models write anyway: as it is, in other words, or of another model."""
    # lm-eval looks at the first text of a batch to know whether all begin with the begin token.
    prompts = [row["context"] for row in questions() if row["context"][:1] not in ("", "<")]
    rows = [dict(prompt=prompt, answer="none") for prompt in prompts]
    file = folder / "riddles.jsonl"
    store(file, rows)
    texts = [
        write(model, kind, resources, folder, file, {})["written"] for model, kind in FAMILIES.items()
    ]
    for number, row in enumerate(rows):
        text = texts[number % len(texts)][number]
        found = re.findall(FILTER["regex_pattern"], text)
        wanted = found[-1].strip() if number % 2 and found else text
        row["answer"] = wanted if number % 4 < 2 else wanted.upper() + "!"
        row["answer"] = row["answer"] or "nothing"
    store(file, rows)
    return file


def shots(count):
    """Without the split's name, lm-eval may show the question itself."""
    return dict(num_fewshot=count, fewshot_split="test")


def prompts(resources, folder):
    options = dict(model="gpt2", kind="bare", resources=resources, folder=folder)
    file = folder / "riddles.jsonl"
    worked = dict(others=[("train", folder / "worked.jsonl")], num_fewshot=2, fewshot_split="train")
    asked = {
        "choices, 2 at random": (choosing(folder, **shots(2)), {}),
        "choices, 7 at random": (choosing(folder, **shots(7)), {}),
        "choices, 2 at random, seed 5": (choosing(folder, **shots(2)), dict(fewshot_random_seed=5)),
        "choices, 2 of others at random": (choosing(folder, **worked), {}),
        "choices, the first 2 of others": (
            choosing(folder, **worked, fewshot_config=dict(sampler="first_n", split="train")),
            {},
        ),
        "writing, the first 3": (
            writing(file, {}, **shots(3), fewshot_config=dict(sampler="first_n", split="test")),
            {},
        ),
        "choices, 2 at random, conversation": (
            choosing(folder, **shots(2)),
            dict(apply_chat_template=True, fewshot_as_multiturn=True),
        ),
        "writing, conversation": (writing(file, {}), dict(apply_chat_template=True)),
    }
    found = {}
    for name, (task, more) in asked.items():
        _, samples = evaluate(task=task, **options, **more)
        found[name] = [texts(sample["arguments"]) for sample in samples[:12]]
    return found


def texts(arguments):
    """The prompt of a question that is answered in writing, or context and continuation of the first choice."""
    first = arguments[0] if isinstance(arguments, list) else arguments["gen_args_0"]
    first = list(first.values()) if isinstance(first, dict) else list(first)
    return [part for part in first if isinstance(part, str)]


def store(file, rows):
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def main():
    resources = Path(sys.argv[1]).resolve()
    folder = resources / "evaluation" / "lm-eval"
    for kind in sorted(set(FAMILIES.values())):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        tokenizer(kind).save(str(folder / kind / "tokenizer.json"))
        config = dict(
            tokenizer_class="PreTrainedTokenizerFast",
            bos_token="<s>",
            eos_token="</s>",
            unk_token="<unk>",
            pad_token="</s>",
        )
        (folder / kind / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")
    store(folder / "questions.jsonl", questions(5))
    store(folder / "worked.jsonl", questions(7)[5:14])
    golden = {model: score(model, kind, resources, folder) for model, kind in FAMILIES.items()}
    (folder / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")
    file = riddles(resources, folder)
    written = {
        model: dict(
            plain=write(model, kind, resources, folder, file, {}),
            filtered=write(model, kind, resources, folder, file, IGNORED, **filtered()),
        )
        for model, kind in FAMILIES.items()
    }
    (folder / "writing.json").write_text(json.dumps(written, indent=1) + "\n")
    (folder / "chat_template.jinja").write_text(CHAT)
    (folder / "prompts.json").write_text(
        json.dumps(prompts(resources, folder), indent=1, ensure_ascii=False) + "\n"
    )


if __name__ == "__main__":
    main()
