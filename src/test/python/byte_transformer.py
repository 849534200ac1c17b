"""Exports the tests' model as a TorchScript graph, as somebody with an architecture of their own would.

A causal transformer over bytes: tokens [batch, length] (int64) to logits [batch, length, 259]
(float32), length at most 48. The weights in the file are zeros: ByteTransformer.java computes them.

Run with PyTorch 2.7.1 (without the hash seed, constants in the graph change places):

    PYTHONHASHSEED=0 python src/test/python/byte_transformer.py \
        src/test/resources/org/mergetomix/testing/byte-transformer.pt
"""

import io
import sys
import zipfile

import torch
from torch import nn
from torch.nn import functional

VOCABULARY = 259  # 256 bytes, begin, end, padding
CONTEXT = 48
WIDTH = 64
HEADS = 4
LAYERS = 2


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.heads = HEADS
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
        self.output = nn.Linear(WIDTH, WIDTH)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        batch, length, width = hidden.shape
        query, key, value = (
            self.query_key_value(hidden)
            .view(batch, length, 3, self.heads, width // self.heads)
            .permute(2, 0, 3, 1, 4)
            .unbind(0)
        )
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.output(mixed.transpose(1, 2).reshape(batch, length, width))


class Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(WIDTH)
        self.attention = Attention()
        self.feed_forward_norm = nn.LayerNorm(WIDTH)
        self.expand = nn.Linear(WIDTH, 4 * WIDTH)
        self.contract = nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        hidden = hidden + self.attention(self.attention_norm(hidden))
        return hidden + self.contract(functional.gelu(self.expand(self.feed_forward_norm(hidden))))


class ByteTransformer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.tokens = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Embedding(CONTEXT, WIDTH)
        self.layers = nn.ModuleList([Layer() for _ in range(LAYERS)])
        self.final_norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, VOCABULARY, bias=False)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        hidden = self.tokens(tokens) + self.positions.weight[: tokens.size(1)]
        for layer in self.layers:
            hidden = layer(hidden)
        return self.head(self.final_norm(hidden))


def save(model: nn.Module, target: str) -> None:
    """Leaves out where the code came from and when, so the bytes are always the same."""
    graph = io.BytesIO()
    torch.jit.save(torch.jit.script(model), graph)
    with zipfile.ZipFile(graph) as whole, zipfile.ZipFile(target, "w") as stripped:
        for entry in whole.infolist():
            if not entry.filename.endswith((".debug_pkl", "serialization_id")):
                stripped.writestr(zipfile.ZipInfo(entry.filename), whole.read(entry))


def main(target: str) -> None:
    model = ByteTransformer()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    save(model, target)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters -> {target}")


if __name__ == "__main__":
    main(sys.argv[1])
