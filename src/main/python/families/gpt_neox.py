"""GPT-NeoX, which Pythia is.

ints: layers, heads, activation (as for Llama), vocabulary, attention and feed-forward side by side (0, 1).
floats: epsilon, scale of attention, scale of rope. Bound beside the weights: rope.frequencies.
"""

from typing import List, Optional

import torch
import torch.nn.functional as functional
from torch import Tensor

from shared import Graph, activation, attend, layer_norm, linear, remember, rotate, visible


class GptNeoX(Graph):
    def __init__(self) -> None:
        super().__init__()
        self.layers = 0
        self.heads = 0
        self.act = 0
        self.tokens = 0
        self.parallel = 0
        self.epsilon = 0.0
        self.attention_scale = 0.0
        self.rope_scale = 0.0

    def take(self, ints: List[int], floats: List[float]) -> None:
        self.layers, self.heads, self.act = ints[0], ints[1], ints[2]
        self.tokens, self.parallel = ints[3], ints[4]
        self.epsilon, self.attention_scale, self.rope_scale = floats[0], floats[1], floats[2]

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
        x = functional.embedding(tokens, weights["gpt_neox.embed_in.weight"])
        batch, new = tokens.size(0), tokens.size(1)
        angle = positions.unsqueeze(-1).float() * weights["rope.frequencies"]
        cosine = (angle.cos() * self.rope_scale).unsqueeze(1).to(x.dtype)
        sine = (angle.sin() * self.rope_scale).unsqueeze(1).to(x.dtype)
        before = keys[0].size(2) if len(keys) > 0 else 0
        seen = visible(mask, new, before + new, 0, x.device)
        for layer in range(self.layers):
            part = "gpt_neox.layers." + str(layer) + "."
            h = layer_norm(x, weights, part + "input_layernorm", epsilon)
            fused = linear(h, weights, part + "attention.query_key_value", False)
            fused = fused.view(batch, new, self.heads, -1).transpose(1, 2)
            query, key, value = torch.chunk(fused, 3, -1)
            remember(rotate(key, cosine, sine), value, layer, keys, values)
            query = rotate(query, cosine, sine)
            h = attend(query, keys[layer], values[layer], seen, self.attention_scale, 0.0)
            attended = linear(h, weights, part + "attention.dense", False)
            h = x if self.parallel == 1 else attended + x
            h = layer_norm(h, weights, part + "post_attention_layernorm", epsilon)
            h = activation(linear(h, weights, part + "mlp.dense_h_to_4h", False), self.act)
            h = linear(h, weights, part + "mlp.dense_4h_to_h", False)
            x = h + attended + x if self.parallel == 1 else h + (attended + x)
        return layer_norm(x, weights, "gpt_neox.final_layer_norm", epsilon)

    def head(self, hidden: Tensor) -> Tensor:
        if "embed_out.weight" in self.weights:
            return linear(hidden, self.weights, "embed_out", False)
        return functional.linear(hidden, self.weights["gpt_neox.embed_in.weight"])
