"""Exports TorchScript graphs that LiveModelTest expects to be refused.

Run with PyTorch 2.7.1:

    PYTHONHASHSEED=0 python src/test/python/unusual_graphs.py \
        src/test/resources/org/mergetomix/model
"""

import pathlib
import sys

import torch
from byte_transformer import save
from torch import nn


class Unusual(nn.Module):
    """Two parameters that are no float32 numbers in the order of their elements, and one that is."""

    def __init__(self) -> None:
        super().__init__()
        self.small = nn.Parameter(torch.zeros(3, dtype=torch.float16))
        self.plain = nn.Parameter(torch.zeros(2, 3))
        self.transposed = nn.Parameter(torch.zeros(3, 2).t())

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return tokens


class OneLogit(nn.Module):
    """Gives one number per token instead of a logit for every token of the vocabulary."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return tokens * self.scale


def main(directory: str) -> None:
    target = pathlib.Path(directory)
    save(Unusual(), str(target / "unusual-parameters.pt"))
    save(OneLogit(), str(target / "one-logit.pt"))


if __name__ == "__main__":
    main(sys.argv[1])
