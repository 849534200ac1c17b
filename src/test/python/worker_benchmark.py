"""What a mixture costs beside its evaluation by a worker, and what a second slot brings.

A Llama of about 30 M parameters in float32 with three experts is searched by workers on one thread
each: 60 choices, 6 generations and 10 texts a mixture, in one slot and in two. Merging, writing, digests
and the copy into the live model together should stay under 3 % of the evaluation; two slots should
evaluate at least 1.8 times as many mixtures a second as one, on two idle cores. Merging and
evaluation are those of the median mixture, digest and copy the mean of all. Run with the packages in
.ci/requirements-models.txt; environment: CI_SPARK_BIN, where PySpark is installed, and CI_JAR, the
jar for spark-submit.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import pyarrow.dataset
import tokenizers
import torch
import transformers as hf

hf.logging.set_verbosity_error()
hf.utils.logging.disable_progress_bar()
REPOSITORY = Path(__file__).resolve().parents[3]
ROOT = Path(tempfile.mkdtemp(prefix="worker-benchmark-"))
VOCABULARY = 8192
CHOICES, GENERATIONS, TEXTS = 60, 6, 10


def make():
    lines = [
        line
        for file in ("README.md", "CONTRIBUTING.md")
        for line in (REPOSITORY / file).read_text().splitlines()
        if len(line) > 200
    ]
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<s>", "</s>"],
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(lines, trainer)
    config = hf.LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=512,
        intermediate_size=1408,
        num_hidden_layers=9,
        num_attention_heads=8,
        num_key_value_heads=4,
        max_position_embeddings=1024,
        tie_word_embeddings=True,
        bos_token_id=0,
        eos_token_id=1,
    )
    for seed, name in enumerate(("base", "a", "b", "c")):
        torch.manual_seed(3)
        model = hf.LlamaForCausalLM(config)
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for parameter in model.parameters() if seed else []:
                parameter += 0.01 * torch.randn(parameter.shape, generator=generator)
        model.save_pretrained(ROOT / name)
    hf.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>"
    ).save_pretrained(ROOT / "base")
    write("texts.jsonl", [{"text": line[:1200]} for line in lines[:TEXTS]])
    choices = [
        {"context": line[i : i + 150], "choices": [line[i + 150 : i + 180], "another", "none"]}
        | {"answer": i % 3}
        for i in range(CHOICES // 3)
        for line in [lines[i % len(lines)]]
    ]
    write("choices.jsonl", choices)
    write("written.jsonl", [{"prompt": line[:200], "answer": "x"} for line in lines[:GENERATIONS]])
    (ROOT / "manifest.conf").write_text(
        "base { checkpoint = base, context = 1024 }\n"
        "datasets = [ { id = a, expert = a }, { id = b, expert = b }, { id = c, expert = c } ]\n"
        "tasks = [\n"
        "  { id = texts, kind = language-modelling, data = texts.jsonl }\n"
        "  { id = choices, kind = multiple-choice, data = choices.jsonl }\n"
        "  { id = written, kind = exact-match, data = written.jsonl, stop = [], max-tokens = 32, scale = 0.1 }\n"
        "]\n"
    )
    return sum(parameter.numel() for parameter in model.parameters())


def write(name, rows):
    (ROOT / name).write_text("".join(json.dumps(row) + "\n" for row in rows))


def measured(slots):
    """Seconds of a mixture, by what they are."""
    name = f"slots{slots}"
    search = {
        "manifest": str(ROOT / "manifest.conf"),
        "settings": [
            f"output={ROOT / name}",
            "evaluation.engine=worker",
            f"worker.python={sys.executable}",
            "search.partition-size=100" if slots == 1 else "search.partition-size=1",
        ],
    }
    ran = subprocess.run(
        [Path(os.environ["CI_SPARK_BIN"]) / "python", REPOSITORY / ".ci/searches.py"],
        input=json.dumps([search]),
        env=os.environ | {"CI_MASTER": f"local[{slots}]"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)[0]
    assert "refused" not in found, found
    files = list((ROOT / name / "evaluations").rglob("*.parquet"))
    rows = pyarrow.dataset.dataset(files, format="parquet").to_table().to_pylist()
    by_mixture = {}
    for row in rows:
        spent = by_mixture.setdefault(row["mixture"], {"merge": 0, "evaluate": 0})
        for kind in spent:
            spent[kind] += row[f"{kind}_seconds"]
    mixtures = len(by_mixture)
    merge, evaluate = (
        statistics.median(spent[kind] for spent in by_mixture.values()) for kind in ("merge", "evaluate")
    )
    workers = found["workers"]
    digest, copy = (workers[kind] / mixtures for kind in ("digestSeconds", "copySeconds"))
    evaluation = evaluate - digest - copy
    return {
        "mixtures": mixtures,
        "mixture": merge + evaluate,
        "merge and write": merge,
        "digest": digest,
        "check and copy": copy,
        "evaluation": evaluation,
        "share": (merge + digest + copy) / evaluation,
        "start": workers["startSeconds"] / workers["starts"],
    }


def main():
    print(f"{make():,} parameters; load {os.getloadavg()[0]:.1f}")
    one, two = measured(1), measured(2)
    for name in one:
        print(f"{name:16} {one[name]:10.4f} {two[name]:10.4f}")
    print(f"two slots: {2 * one['mixture'] / two['mixture']:.2f} times as many mixtures a second")
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    try:
        main()
    finally:
        shutil.rmtree(ROOT)
