"""Llama and its kin: Llama 2 and 3, Mistral, Qwen2 and 2.5, Qwen3, SmolLM2 and 3, OLMo2, Gemma 1 to 3
(text), Phi-3.

What differs between them is either which weights are bound (biases, norms of queries and keys, norms
before and after a part, fused projections, a head of its own) or one of the numbers below.

ints: layers, heads, groups of keys and values, size of a head, activation (0 silu, 1 gelu, 2 gelu with
tanh, 3 relu), norm (0 scales after rounding, 1 scales by 1 + weight, 2 scales before rounding), queries
and keys normalised over all heads (0, 1), window of windowed layers, padding token that gets no gradient
(-1 for none), vocabulary, rope (0 fixed, 1 long, 2 dynamic), positions that rope was made for; then for
each layer whether it is windowed (0, 1), and for each layer its rope (0 main, 1 local, 2 none).
floats: epsilon, scale of attention, scale of embeddings, cap of attention scores, cap of logits, scale of
rope, scale of local rope, base of dynamic rope, its factor. A cap of 0 is none.
Bound beside the weights: rope.frequencies, and if there are such rope.long_frequencies and
rope.local_frequencies, all [half the rotated features].
"""

from typing import Dict, List, Optional, Tuple

import torch
import torch.nn.functional as functional
from torch import Tensor

from shared import Graph, activation, attend, linear, remember, rotate, visible


class Llama(Graph):
    def __init__(self) -> None:
        super().__init__()
        self.layers = 0
        self.heads = 0
        self.groups = 0
        self.size = 0
        self.act = 0
        self.norm = 0
        self.norm_whole = 0
        self.window = 0
        self.padding = -1
        self.tokens = 0
        self.rope_kind = 0
        self.rope_positions = 0
        self.windowed = torch.jit.Attribute([], List[int])
        self.ropes = torch.jit.Attribute([], List[int])
        self.epsilon = 0.0
        self.attention_scale = 0.0
        self.embedding_scale = 0.0
        self.attention_cap = 0.0
        self.logit_cap = 0.0
        self.rope_scale = 0.0
        self.local_rope_scale = 0.0
        self.rope_base = 0.0
        self.rope_factor = 0.0

    def take(self, ints: List[int], floats: List[float]) -> None:
        self.layers, self.heads, self.groups, self.size = ints[0], ints[1], ints[2], ints[3]
        self.act, self.norm, self.norm_whole = ints[4], ints[5], ints[6]
        self.window, self.padding, self.tokens = ints[7], ints[8], ints[9]
        self.rope_kind, self.rope_positions = ints[10], ints[11]
        self.windowed = ints[12 : 12 + self.layers]
        self.ropes = ints[12 + self.layers : 12 + 2 * self.layers]
        self.epsilon, self.attention_scale, self.embedding_scale = floats[0], floats[1], floats[2]
        self.attention_cap, self.logit_cap = floats[3], floats[4]
        self.rope_scale, self.local_rope_scale = floats[5], floats[6]
        self.rope_base, self.rope_factor = floats[7], floats[8]

    def vocabulary(self) -> int:
        return self.tokens

    def switch(self) -> int:
        return self.rope_positions if self.rope_kind == 1 else 0

    def rms_norm(self, x: Tensor, name: str) -> Tensor:
        weight = self.weights[name]
        wide = x.float()
        wide = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.epsilon)
        if self.norm == 1:
            return (wide * (1.0 + weight.float())).to(x.dtype)
        if self.norm == 2:
            return (weight * wide).to(x.dtype)
        return weight.to(x.dtype) * wide.to(x.dtype)

    def frequencies(self, reach: int) -> Tensor:
        frequencies = self.weights["rope.frequencies"]
        if self.rope_kind == 1 and reach > self.rope_positions:
            return self.weights["rope.long_frequencies"]
        if self.rope_kind == 2 and reach > self.rope_positions:
            size = 2 * frequencies.size(0)
            stretch = self.rope_factor * reach / self.rope_positions - (self.rope_factor - 1.0)
            base = self.rope_base * stretch ** (float(size) / float(size - 2))
            steps = torch.arange(0, size, 2, device=frequencies.device).float() / size
            return 1.0 / torch.pow(torch.full_like(steps, base), steps)
        return frequencies

    def turn(
        self, positions: Tensor, frequencies: Tensor, scale: float, dtype: torch.dtype
    ) -> Tuple[Tensor, Tensor]:
        angle = positions.unsqueeze(-1).float() * frequencies
        cosine = (angle.cos() * scale).unsqueeze(1)
        sine = (angle.sin() * scale).unsqueeze(1)
        # OLMo2, which scales before rounding, turns before rounding too.
        return (cosine, sine) if self.norm == 2 else (cosine.to(dtype), sine.to(dtype))

    def attention(
        self,
        x: Tensor,
        layer: int,
        turn: Tuple[Tensor, Tensor],
        seen: Optional[Tensor],
        keys: List[Tensor],
        values: List[Tensor],
    ) -> Tensor:
        weights, part = self.weights, "model.layers." + str(layer) + ".self_attn."
        batch, length, width = x.size(0), x.size(1), self.heads * self.size
        if (part + "qkv_proj.weight") in weights:
            fused = linear(x, weights, part + "qkv_proj", False)
            end = width + self.groups * self.size
            query, key, value = fused[..., :width], fused[..., width:end], fused[..., end:]
        else:
            query = linear(x, weights, part + "q_proj", False)
            key = linear(x, weights, part + "k_proj", False)
            value = linear(x, weights, part + "v_proj", False)
        if self.norm_whole == 1:
            query = self.rms_norm(query, part + "q_norm.weight")
            key = self.rms_norm(key, part + "k_norm.weight")
        query = query.view(batch, length, self.heads, self.size)
        key = key.view(batch, length, self.groups, self.size)
        if self.norm_whole == 0 and (part + "q_norm.weight") in weights:
            query = self.rms_norm(query, part + "q_norm.weight")
            key = self.rms_norm(key, part + "k_norm.weight")
        query, key = query.transpose(1, 2), key.transpose(1, 2)
        value = value.view(batch, length, self.groups, self.size).transpose(1, 2)
        if self.ropes[layer] != 2:
            query = rotate(query, turn[0], turn[1]).to(x.dtype)
            key = rotate(key, turn[0], turn[1]).to(x.dtype)
        remember(key, value, layer, keys, values)
        mixed = attend(
            query, keys[layer], values[layer], seen, self.attention_scale, self.attention_cap
        )
        return linear(mixed, weights, part + "o_proj", False)

    def feed_forward(self, x: Tensor, layer: int) -> Tensor:
        weights, part = self.weights, "model.layers." + str(layer) + ".mlp."
        if (part + "gate_up_proj.weight") in weights:
            fused = linear(x, weights, part + "gate_up_proj", False)
            half = fused.size(-1) // 2
            gate, up = fused[..., :half], fused[..., half:]
        else:
            gate = linear(x, weights, part + "gate_proj", False)
            up = linear(x, weights, part + "up_proj", False)
        return linear(activation(gate, self.act) * up, weights, part + "down_proj", False)

    def read(
        self,
        tokens: Tensor,
        positions: Tensor,
        mask: Optional[Tensor],
        reach: int,
        keys: List[Tensor],
        values: List[Tensor],
    ) -> Tensor:
        """The final hidden states [batch, length, width] of tokens [batch, length].

        mask: [batch, remembered and new], as for `visible`. reach: the length of the text that rope is
        chosen for. keys, values: of what was read before, by layer; gets what is new.
        """
        weights = self.weights
        x = torch.embedding(weights["model.embed_tokens.weight"], tokens, self.padding)
        if self.embedding_scale != 1.0:
            x = x * torch.tensor(self.embedding_scale, dtype=x.dtype, device=x.device)
        turns = [self.turn(positions, self.frequencies(reach), self.rope_scale, x.dtype)]
        if "rope.local_frequencies" in weights:
            local = weights["rope.local_frequencies"]
            turns.append(self.turn(positions, local, self.local_rope_scale, x.dtype))
        before = keys[0].size(2) if len(keys) > 0 else 0
        new = tokens.size(1)
        whole = visible(mask, new, before + new, 0, x.device)
        near = visible(mask, new, before + new, self.window, x.device)
        for layer in range(self.layers):
            part = "model.layers." + str(layer) + "."
            turn = turns[1] if self.ropes[layer] == 1 else turns[0]
            seen = near if self.windowed[layer] == 1 else whole
            h = x
            if (part + "input_layernorm.weight") in weights:
                h = self.rms_norm(h, part + "input_layernorm.weight")
            h = self.attention(h, layer, turn, seen, keys, values)
            # With a norm behind the feed-forward part, the one behind attention is of its output.
            behind = (part + "post_feedforward_layernorm.weight") in weights
            if behind:
                h = self.rms_norm(h, part + "post_attention_layernorm.weight")
            x = x + h
            h = x
            if not behind:
                h = self.rms_norm(h, part + "post_attention_layernorm.weight")
            elif (part + "pre_feedforward_layernorm.weight") in weights:
                h = self.rms_norm(h, part + "pre_feedforward_layernorm.weight")
            h = self.feed_forward(h, layer)
            if behind:
                h = self.rms_norm(h, part + "post_feedforward_layernorm.weight")
            x = x + h
        return self.rms_norm(x, "model.norm.weight")

    def head(self, hidden: Tensor) -> Tensor:
        if "lm_head.weight" in self.weights:
            logits = linear(hidden, self.weights, "lm_head", False)
        else:
            embedding = self.weights["model.embed_tokens.weight"]
            logits = functional.linear(hidden, embedding)
        if self.logit_cap > 0.0:
            logits = torch.tanh(logits / self.logit_cap) * self.logit_cap
        return logits
