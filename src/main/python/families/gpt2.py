"""GPT-2.

ints: layers, heads, activation (as for Llama), vocabulary, attention also divided by the layer's number
from 1 (0, 1). floats: epsilon, scale of attention.
"""

from typing import List, Optional

import torch.nn.functional as functional
from torch import Tensor

from shared import Graph, activation, attend, layer_norm, linear, remember, visible


class Gpt2(Graph):
    def __init__(self) -> None:
        super().__init__()
        self.layers = 0
        self.heads = 0
        self.act = 0
        self.tokens = 0
        self.by_layer = 0
        self.epsilon = 0.0
        self.attention_scale = 0.0

    def take(self, ints: List[int], floats: List[float]) -> None:
        self.layers, self.heads, self.act = ints[0], ints[1], ints[2]
        self.tokens, self.by_layer = ints[3], ints[4]
        self.epsilon, self.attention_scale = floats[0], floats[1]

    def vocabulary(self) -> int:
        return self.tokens

    def switch(self) -> int:
        return 0

    def read(
        self,
        tokens: Tensor,
        positions: Tensor,
        mask: Optional[Tensor],
        reach: int,
        keys: List[Tensor],
        values: List[Tensor],
    ) -> Tensor:
        """As for Llama."""
        weights, epsilon = self.weights, self.epsilon
        embedded = functional.embedding(tokens, weights["transformer.wte.weight"])
        x = embedded + functional.embedding(positions, weights["transformer.wpe.weight"])
        batch, new = tokens.size(0), tokens.size(1)
        before = keys[0].size(2) if len(keys) > 0 else 0
        seen = visible(mask, new, before + new, 0, x.device)
        for layer in range(self.layers):
            part = "transformer.h." + str(layer) + "."
            h = layer_norm(x, weights, part + "ln_1", epsilon)
            fused = linear(h, weights, part + "attn.c_attn", True)
            fused = fused.view(batch, new, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
            remember(fused[1], fused[2], layer, keys, values)
            scale = self.attention_scale
            if self.by_layer == 1:
                scale = scale / float(layer + 1)
            h = attend(fused[0], keys[layer], values[layer], seen, scale, 0.0)
            x = x + linear(h, weights, part + "attn.c_proj", True)
            h = layer_norm(x, weights, part + "ln_2", epsilon)
            h = activation(linear(h, weights, part + "mlp.c_fc", True), self.act)
            x = x + linear(h, weights, part + "mlp.c_proj", True)
        return layer_norm(x, weights, "transformer.ln_f", epsilon)

    def head(self, hidden: Tensor) -> Tensor:
        if "lm_head.weight" in self.weights:
            return linear(hidden, self.weights, "lm_head", False)
        return functional.linear(hidden, self.weights["transformer.wte.weight"])
