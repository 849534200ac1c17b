"""Exports small TorchScript graphs: two that are refused, one with packed experts, one with tied layers.

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


class Experts(nn.Module):
    """As transformers packs them: [experts, 2 * inner, outer] and [experts, outer, inner]."""

    def __init__(self) -> None:
        super().__init__()
        self.gate_up_proj = nn.Parameter(torch.zeros(2, 6, 4))
        self.down_proj = nn.Parameter(torch.zeros(2, 4, 3))


class Mixture(nn.Module):
    """Sums all experts, and tells the 259 tokens of bytes apart."""

    def __init__(self) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(259, 4)
        self.mlp = nn.Module()
        self.mlp.experts = Experts()
        self.lm_head = nn.Linear(4, 259, bias=False)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        hidden = self.embed_tokens(tokens)
        experts = self.mlp.experts
        wide = torch.einsum("blh,eih->blei", hidden, experts.gate_up_proj)
        gate, up = wide.chunk(2, dim=3)
        hidden = hidden + torch.einsum("blei,ehi->blh", torch.sigmoid(gate) * up, experts.down_proj)
        return self.lm_head(hidden)


class Tied(nn.Module):
    """One memory under two names."""

    def __init__(self) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(259, 4)
        self.lm_head = nn.Linear(4, 259, bias=False)
        self.lm_head.weight = self.embed_tokens.weight

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.lm_head(torch.tanh(self.embed_tokens(tokens)))


def main(directory: str) -> None:
    target = pathlib.Path(directory)
    save(Unusual(), str(target / "unusual-parameters.pt"))
    save(OneLogit(), str(target / "one-logit.pt"))
    torch.manual_seed(0)
    tokens = torch.zeros(2, 3, dtype=torch.int64)
    save(torch.jit.trace(Mixture(), tokens), str(target / "packed-experts.pt"))
    save(torch.jit.trace(Tied(), tokens), str(target / "tied.pt"))


if __name__ == "__main__":
    main(sys.argv[1])
