"""Loads a base, another model and the base again, without Java, and says what it took.

The scores of the base must be the same to the last bit before and after, and others between.
"""

import argparse
import json
import shutil
import tempfile
import time
from pathlib import Path

from merge_to_mix_worker.engine import Engine, versions
from merge_to_mix_worker.parameters import digest

BATCH = 16
CONTEXT = 256
VOCABULARY = 8192


class Steps:
    def step(self):
        pass


def options(arguments):
    parser = argparse.ArgumentParser(prog="merge-to-mix-worker --self-check")
    parser.add_argument("--layers", type=int, default=8)
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--windows", type=int, default=64)
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--device", choices=["cpu", "gpu"], default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--memory", default="/dev/shm", help="a folder in shared memory")
    return parser.parse_args(arguments)


def make(folder, chosen):
    """A Llama of random weights in a file, and windows of random tokens."""
    import torch
    import transformers

    torch.manual_seed(1)
    config = transformers.LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=chosen.width,
        intermediate_size=chosen.width * 8 // 3 // 8 * 8,
        num_hidden_layers=chosen.layers,
        num_attention_heads=8,
        num_key_value_heads=4,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
    )
    model = transformers.LlamaForCausalLM(config).to(getattr(torch, chosen.dtype))
    model.save_pretrained(folder)
    with open(folder / "windows.jsonl", "w", encoding="utf-8") as lines:
        for example in range(chosen.windows):
            length = int(torch.randint(CONTEXT // 4, CONTEXT, ()))
            tokens = torch.randint(0, VOCABULARY, (length,)).tolist()
            row = {"example": example, "tokens": tokens, "asked": [[1, length]]}
            lines.write(json.dumps(row) + "\n")
    return sum(each.numel() for each in model.parameters())


def run(arguments):
    chosen = options(arguments)
    folder = Path(tempfile.mkdtemp(prefix="merge-to-mix-self-check-", dir=chosen.memory))
    try:
        return checked(folder, chosen)
    finally:
        shutil.rmtree(folder)


def checked(folder, chosen):
    import torch

    count = make(folder, chosen)
    print(f"{count:,} parameters in {chosen.dtype} on the {chosen.device}, {versions()}")
    raw = (folder / "model.safetensors").read_bytes()
    body = memoryview(bytearray(raw[8 + int.from_bytes(raw[:8], "little") :]))
    started = time.perf_counter()
    engine = Engine(
        {
            "folder": str(folder),
            "surrogate": "model.safetensors",
            "digest": digest(body),
            "batch": BATCH,
            "dtype": chosen.dtype,
            "device": chosen.device,
            "threads": chosen.threads,
            "tasks": {"task": {"windows": "windows.jsonl"}},
        },
        Steps(),
    )
    print(f"open: {time.perf_counter() - started:.3f} s")
    base = {name: view.clone() for name, view in engine.parameters.views.items()}
    generator = torch.Generator().manual_seed(2)
    other = {
        name: (view.float() + 0.01 * torch.randn(view.shape, generator=generator)).to(view.dtype)
        for name, view in base.items()
    }
    nats = []
    for number, (name, model) in enumerate([("base", base), ("other", other), ("base", base)]):
        started = time.perf_counter()
        for tensor, view in engine.parameters.views.items():
            view.copy_(model[tensor])
        written = time.perf_counter()
        request = {
            "surrogate": number,
            "digest": digest(engine.parameters.body),
            "task": "task",
            "blocks": [[0, chosen.windows]],
        }
        digested = time.perf_counter()
        answer = engine.evaluate(request)
        nats.append(answer["nats"])
        print(
            f"{name}: write {written - started:.3f} s, digest {digested - written:.3f} s,"
            f" digest and copy {answer['times']['copy']:.3f} s,"
            f" score {answer['times']['score']:.3f} s"
        )
    same = nats[0] == nats[2]
    print("the base's scores repeat bit for bit" if same else "THE BASE'S SCORES DIFFER")
    moved = nats[0] != nats[1]
    print("another model's differ" if moved else "ANOTHER MODEL'S ARE THE SAME")
    return 0 if same and moved else 1
