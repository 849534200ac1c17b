"""Says what lm-eval makes of questions with choices, on tiny models of three families.

Writes, into one folder: questions.jsonl; a tokenizer with a token in front (llama) and one without
(gpt2, gpt_neox); golden.json, with the log likelihood of every choice, acc, acc_norm and acc_bytes of
every question, and their standard errors. The questions have an empty context, white space at
a context's end, characters of several bytes, and contexts longer than a model's.

Run with lm_eval 0.4.13 beside the packages in family_requirements.txt:

    python src/test/python/lm_eval_reference.py src/test/resources/org/mergetomix
"""

import json
import os
import random
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


def questions():
    draw = random.Random(5)

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


def score(model, kind, resources, folder):
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch) / "model"
        place.mkdir()
        for file in ["config.json", "model.safetensors"]:
            shutil.copy(resources / "family" / model / file, place / file)
        for file in (folder / kind).iterdir():
            shutil.copy(file, place / file.name)
        task = dict(
            task="questions",
            dataset_path="json",
            dataset_kwargs=dict(data_files=dict(test=str(folder / "questions.jsonl"))),
            test_split="test",
            output_type="multiple_choice",
            doc_to_text="{{context}}",
            doc_to_choice="choices",
            doc_to_target="answer",
            metric_list=[dict(metric=name) for name in METRICS],
        )
        os.environ["HF_DATASETS_CACHE"] = str(Path(scratch) / "cache")
        results = lm_eval.simple_evaluate(
            model=HFLM(pretrained=str(place), device="cpu", dtype="float32", batch_size=4),
            tasks=[task],
            task_manager=TaskManager(include_defaults=False),
            log_samples=True,
            bootstrap_iters=10,
        )
    samples = sorted(results["samples"]["questions"], key=lambda sample: sample["doc_id"])
    figures = results["results"]["questions"]
    return dict(
        likelihoods=[[answer[0][0] for answer in sample["resps"]] for sample in samples],
        **{name: [sample[name] for sample in samples] for name in METRICS},
        mean={name: figures[name + ",none"] for name in METRICS},
        standard_error={name: figures[name + "_stderr,none"] for name in METRICS},
    )


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
    lines = [json.dumps(row, ensure_ascii=False) for row in questions()]
    (folder / "questions.jsonl").write_text("\n".join(lines) + "\n")
    golden = {model: score(model, kind, resources, folder) for model, kind in FAMILIES.items()}
    (folder / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
