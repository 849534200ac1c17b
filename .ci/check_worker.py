"""Searches by workers, and the worker that is shipped, alone.

A small Llama with a BPE tokenizer trained here, two whole experts and an adapter are searched by
DJL, by the worker in the jar, and by the documented example of another command. Run with the
packages in requirements-models.txt; environment: CI_SPARK_BIN, where PySpark is installed, and
CI_JAR, the jar for spark-submit.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import checks
import peft
import tokenizers
import torch
import transformers as hf

hf.logging.set_verbosity_error()
hf.utils.logging.disable_progress_bar()
torch.set_num_threads(2)

REPOSITORY = Path(__file__).resolve().parent.parent
WORKER = REPOSITORY / "src/main/python/worker"
ROOT = Path(tempfile.mkdtemp(prefix="worker-"))
EXPERTS = ["adapter", "whole1", "whole2"]
VOCABULARY = 1024
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
    torch.manual_seed(5)
    adapted = peft.get_peft_model(
        llama(0), peft.LoraConfig(task_type="CAUSAL_LM", r=4, target_modules="all-linear")
    )
    with torch.no_grad():
        for parameter in adapted.parameters():
            if parameter.requires_grad:
                parameter.copy_(parameter + 0.05 * torch.randn_like(parameter))
    adapted.save_pretrained(ROOT / "adapter")
    (ROOT / "prose.txt").write_text("\n".join(lines()) + "\n")
    rows = [
        {"context": line[:30], "choices": [line[30:45], "a zebra", line[:9]], "answer": i % 3}
        for i, line in enumerate(lines())
    ]
    (ROOT / "quiz.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    datasets = "\n".join(f"  {{ id = {id}, expert = {id} }}" for id in EXPERTS)
    (ROOT / "manifest.conf").write_text(
        f"base {{ checkpoint = base, context = 48 }}\ndatasets = [\n{datasets}\n]\n"
        "tasks = [\n"
        "  { id = prose, kind = language-modelling, data = prose.txt }\n"
        "  { id = quiz, kind = multiple-choice, measure = margin, data = quiz.jsonl }\n"
        "]\n"
    )
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


def search(name, *settings):
    return {
        "manifest": str(ROOT / "manifest.conf"),
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
        "example": ["evaluation.engine=worker", f"worker.command={example}"],
        "no torch": ["evaluation.engine=worker", f"worker.python={os.environ['CI_SPARK_BIN']}/python"],
    }
    memory = f"worker.shared-memory={ROOT / 'memory'}"
    ran = subprocess.run(
        [Path(os.environ["CI_SPARK_BIN"]) / "python", REPOSITORY / ".ci/searches.py"],
        input=json.dumps([search(name, memory, *more) for name, more in searches.items()]),
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


def check_repeats_bit_for_bit_whichever_slot_evaluates_what():
    assert FOUND["apart"]["digest"] == FOUND["together"]["digest"], FOUND
    assert FOUND["apart"]["identity"] == FOUND["together"]["identity"]


def check_names_engine_and_versions_in_the_identity():
    assert FOUND["apart"]["versions"]["worker torch"] == "2.15.0", FOUND["apart"]
    assert "torch=2.15.0" in FOUND["apart"]["identity"]["model"]


def check_takes_a_command_in_another_style():
    assert len(set(FOUND["example"]["scores"].values())) == 7, FOUND["example"]


def check_says_what_a_python_lacks():
    assert "torch" in FOUND["no torch"]["refused"], FOUND["no torch"]


def check_leaves_nothing_in_shared_memory():
    assert not list((ROOT / "memory").iterdir())


def check_the_package_alone():
    subprocess.run(
        [sys.executable, "-m", "unittest", "discover", "-s", "tests"],
        cwd=WORKER,
        env=os.environ | {"PYTHONPATH": str(WORKER), "TQDM_DISABLE": "1"},
        check=True,
    )


def check_checks_itself():
    subprocess.run(
        [sys.executable, "-m", "merge_to_mix_worker", "--self-check"]
        + ["--layers", "2", "--width", "64", "--windows", "8"],
        cwd=WORKER,
        check=True,
    )


if __name__ == "__main__":
    try:
        sys.exit(checks.run(sys.modules[__name__]))
    finally:
        shutil.rmtree(ROOT)
