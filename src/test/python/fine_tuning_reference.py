"""Computes what FineTunerReferenceTest expects: three AdamW steps of the tests' model.

Forward and backward passes run in double precision. Learning rates, clipping and AdamW are written
out here from their formulas, not taken from PyTorch. A batch holds all examples, so that their
order does not matter.

Run with PyTorch 2.7.1:

    python src/test/python/fine_tuning_reference.py \
        > src/test/resources/org/mergetomix/training/fine-tuning-reference.tsv
"""

import math

import torch
from torch.nn import functional

GRAPH = "src/test/resources/org/mergetomix/testing/byte-transformer.pt"
EXAMPLES = ["Alemanya", "Londres", "In nItzA", "ý", "divendres sant"]
BEGIN, END, PADDING = 256, 257, 258

STEPS, WARMUP = 3, 1
HIGHEST, FINAL_SHARE = 1e-2, 0.25
DECAY, CLIP_NORM = 0.1, 0.05
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8

POSITIONS = 8


def weights(tensor: int, shape: torch.Size, offset: float) -> torch.Tensor:
    """Values within 1/16 of the offset, the same as those of ByteTransformer.java."""
    values = []
    for element in range(shape.numel()):
        bits = (element * 2654435761 + tensor * 40503 + 1) & 0xFFFFFFFF
        bits ^= bits >> 15
        bits = bits * 2246822519 & 0xFFFFFFFF
        bits ^= bits >> 13
        values.append(offset + ((bits >> 16) / 65536 - 0.5) / 8)
    return torch.tensor(values, dtype=torch.float64).view(shape)


def learning_rate(step: int) -> float:
    if step <= WARMUP:
        return HIGHEST * step / WARMUP
    progress = (step - WARMUP) / (STEPS - WARMUP)
    return HIGHEST * (FINAL_SHARE + (1 - FINAL_SHARE) * (1 + math.cos(math.pi * progress)) / 2)


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    sequences = [[BEGIN, *text.encode(), END] for text in EXAMPLES]
    length = max(map(len, sequences))
    padded = torch.tensor([s + [PADDING] * (length - len(s)) for s in sequences])
    return padded[:, :-1], padded[:, 1:]


def has_no_gradient(name: str, position: int) -> bool:
    """A softmax does not change when all keys move alike, so only rounding is left there."""
    return name.endswith("query_key_value.bias") and 64 <= position < 128


def main() -> None:
    model = torch.jit.load(GRAPH).double()
    parameters = dict(sorted(model.named_parameters()))
    start = {}
    for index, (name, parameter) in enumerate(parameters.items()):
        offset = 1.0 if name.endswith("norm.weight") else 0.0
        start[name] = weights(index, parameter.shape, offset)
        parameter.data.copy_(start[name])
    mean = {name: torch.zeros_like(value) for name, value in start.items()}
    square = {name: torch.zeros_like(value) for name, value in start.items()}
    inputs, targets = batch()

    for step in range(1, STEPS + 1):
        logits = model(inputs)
        loss = functional.cross_entropy(
            logits.flatten(0, 1), targets.flatten(), ignore_index=PADDING
        )
        model.zero_grad()
        loss.backward()
        norm = math.sqrt(sum(p.grad.square().sum().item() for p in parameters.values()))
        print(f"loss\t{step}\t{loss.item()!r}")
        rate = learning_rate(step)
        for name, parameter in parameters.items():
            gradient = parameter.grad * min(1.0, CLIP_NORM / norm)
            mean[name] = BETA1 * mean[name] + (1 - BETA1) * gradient
            square[name] = BETA2 * square[name] + (1 - BETA2) * gradient**2
            direction = mean[name] / (1 - BETA1**step)
            direction = direction / ((square[name] / (1 - BETA2**step)).sqrt() + EPSILON)
            parameter.data.sub_(rate * DECAY * parameter.data)
            parameter.data.sub_(rate * direction)

    for name, parameter in parameters.items():
        change = (parameter.data - start[name]).flatten()
        last = change.numel() - 1
        for position in sorted({last * i // (POSITIONS - 1) for i in range(POSITIONS)}):
            if not has_no_gradient(name, position):
                print(f"{name}\t{position}\t{change[position].item()!r}")


if __name__ == "__main__":
    main()
