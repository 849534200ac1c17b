"""The same work as a search in a plain loop of PyTorch: to compare costs with.

    python src/test/python/torch_loop.py search target/demo
        evaluates the 255 mixtures of the finished example in two processes
    python src/test/python/torch_loop.py turns target/surrogates COMMAND...
        makes a Llama of 27 million parameters and four whole experts in a folder, starts
        SurrogateBenchmark by the command, and takes turns with it, a mixture each; the command
        says folder, context and batch size as below

Times are of the process's CPU, beside the clock's. Run with the packages of
.ci/requirements-models.txt.
"""

import itertools
import math
import multiprocessing
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
import transformers as hf
from safetensors.torch import load_file
from torch.nn import functional

hf.logging.set_verbosity_error()
hf.logging.disable_progress_bar()

EXAMPLE_MODEL = Path("src/main/resources/org/mergetomix/demo/model")
# Whole batches in every block of examples, so that both read the same batches.
EXAMPLES, CONTEXT, BATCH = 80, 64, 4
ROUNDS = 9


class Loop:
    """A model that becomes one average of experts after the other."""

    def __init__(self, base: Path, experts: dict[str, Path], texts: list[str], batch: int) -> None:
        torch.set_num_threads(1)
        self.model = hf.AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32).eval()
        self.parameters = dict(self.model.named_parameters())
        self.experts = {id: load_file(path / "model.safetensors") for id, path in experts.items()}
        tokenizer = hf.AutoTokenizer.from_pretrained(base)
        self.bytes = [len(text.encode()) for text in texts]
        rows = [tokenizer(text)["input_ids"] for text in texts]
        order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
        self.batches = []
        for first in range(0, len(order), batch):
            places = order[first : first + batch]
            longest = max(len(rows[place]) for place in places)
            tokens = [rows[place] + [-100] * (longest - len(rows[place])) for place in places]
            self.batches.append((places, torch.tensor(tokens)))

    def merge(self, mixture: tuple[str, ...]) -> None:
        with torch.no_grad():
            for name, parameter in self.parameters.items():
                parameter.copy_(self.experts[mixture[0]][name])
                for id in mixture[1:]:
                    parameter.add_(self.experts[id][name])
                parameter.div_(len(mixture))

    def score(self) -> float:
        """The mean over the texts of bits per byte."""
        total = 0.0
        with torch.no_grad():
            for places, tokens in self.batches:
                targets = tokens[:, 1:]
                logits = self.model(tokens[:, :-1].clamp(min=0)).logits
                nats = functional.cross_entropy(
                    logits.flatten(0, 1), targets.flatten(), reduction="none"
                )
                sums = nats.view(targets.shape).sum(1).tolist()
                total += sum(nats / self.bytes[place] for place, nats in zip(places, sums))
        return total / math.log(2) / len(self.bytes)


def subsets(ids: list[str]) -> list[tuple[str, ...]]:
    """In prefix order."""
    return sorted(
        itertools.chain.from_iterable(
            itertools.combinations(ids, size) for size in range(1, len(ids) + 1)
        )
    )


def part_of_a_search(demo: Path, part: int, parts: int, ready, results) -> None:
    folders = {path.name: path for path in sorted((demo / "experts").iterdir())}
    texts = (demo / "data" / "ca.search.txt").read_text().splitlines()
    loop = Loop(demo / "base", folders, texts, 64)
    loop.merge(tuple(folders))
    loop.score()
    ready.wait()
    begun, cpu = time.perf_counter(), time.process_time()
    scores = {}
    for mixture in subsets(list(folders))[part::parts]:
        loop.merge(mixture)
        scores["+".join(mixture)] = loop.score()
    results.put((scores, time.perf_counter() - begun, time.process_time() - cpu))


def search(demo: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, results = context.Barrier(2), context.Queue()
    workers = [
        context.Process(target=part_of_a_search, args=(demo, part, 2, ready, results))
        for part in range(2)
    ]
    for worker in workers:
        worker.start()
    parts = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    scores = {id: score for part in parts for id, score in part[0].items()}
    seconds, cpu = max(part[1] for part in parts), sum(part[2] for part in parts)
    best = min(scores, key=scores.get)
    print(f"{len(scores)} mixtures in {seconds:.2f} s, {cpu:.2f} s of CPU in both processes")
    print(f"a mixture {1000 * cpu / len(scores):.1f} ms of CPU; best {best}")


def write_folders(folder: Path) -> None:
    """A base and four experts moved from it, with the example's tokenizer and as many words."""
    torch.manual_seed(3)
    base = hf.LlamaForCausalLM(
        hf.LlamaConfig(
            vocab_size=8192,
            hidden_size=512,
            intermediate_size=1376,
            num_hidden_layers=8,
            num_attention_heads=8,
            num_key_value_heads=4,
            max_position_embeddings=256,
            tie_word_embeddings=True,
            bos_token_id=0,
            eos_token_id=1,
        )
    )
    base.save_pretrained(folder / "base")
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(EXAMPLE_MODEL / file, folder / "base")
    for id in "abcd":
        with torch.no_grad():
            for parameter in base.parameters():
                parameter += 0.002 * torch.randn_like(parameter)
        base.save_pretrained(folder / id)
    draw = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz "
    lines = ["".join(draw.choices(letters, k=CONTEXT - 1)) + "." for _ in range(EXAMPLES)]
    (folder / "task.txt").write_text("\n".join(lines) + "\n")


def turns(folder: Path, command: list[str]) -> None:
    if not (folder / "task.txt").exists():
        write_folders(folder)
    texts = (folder / "task.txt").read_text().splitlines()
    loop = Loop(folder / "base", {id: folder / id for id in "abcd"}, texts, BATCH)
    ours = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    while ours.stdout.readline() != "ready\n":
        pass
    figures = []
    for round in range(-2, ROUNDS):
        mixture = subsets(list("abcd"))[(round + 2) % 15]
        ours.stdin.write("\n")
        ours.stdin.flush()
        answer = ours.stdout.readline().split()
        if answer[:2] != ["answer", "+".join(mixture)]:
            raise SystemExit(f"{mixture} was asked for, and the answer is {answer}")
        merge, evaluate, score = map(float, answer[2:])
        start = time.process_time()
        loop.merge(mixture)
        merged = time.process_time()
        theirs = loop.score()
        evaluated = time.process_time()
        if abs(score - theirs) > 1e-5:
            raise SystemExit(f"{mixture} scores {score}, but {theirs} in transformers")
        if round >= 0:
            figures.append(
                (merge, evaluate, 1000 * (merged - start), 1000 * (evaluated - merged))
            )
            print("%s: merge %.1f evaluate %.0f; torch %.1f, %.0f ms" % (mixture, *figures[-1]))
    ours.stdin.close()
    ours.wait()
    merge, evaluate, torch_merge, torch_evaluate = map(statistics.median, zip(*figures))
    print(f"medians of {ROUNDS}, ms of CPU, one thread; load {os.getloadavg()[0]:.1f}")
    print(f"evaluation {evaluate:.0f}, transformers {torch_evaluate:.0f}")
    print(f"ratio of medians {evaluate / torch_evaluate:.3f}, median of ratios "
          f"{statistics.median(row[1] / row[3] for row in figures):.3f}")
    print(f"merging {merge:.1f}, {100 * merge / evaluate:.2f} % of evaluation; "
          f"torch {torch_merge:.1f}, {100 * torch_merge / torch_evaluate:.2f} %")


if __name__ == "__main__":
    place = Path(sys.argv[2])
    if sys.argv[1] == "search":
        search(place)
    else:
        turns(place, sys.argv[3:])
