"""What the graphs of all families share.

A graph holds no weights. `bind` gives it every weight under its Hugging Face name, and what
config.json says as numbers; an optional part (a bias, a norm, LoRA factors) is there if its name is
bound. Hidden states have the type of the bound embedding, float32 or bfloat16; logits and losses are
float32 always.

TorchScript compiles this, so every argument has its type and there are no global numbers.
"""

from typing import Dict, List, Optional

import torch
import torch.nn.functional as functional
from torch import Tensor, nn


def linear(x: Tensor, weights: Dict[str, Tensor], module: str, transposed: bool) -> Tensor:
    """A linear layer, with its bias and its LoRA factors if they are bound.

    transposed: the weight is [inputs, outputs], as GPT-2's Conv1D stores it.
    """
    weight = weights[module + ".weight"]
    if transposed:
        weight = weight.t()
    bias: Optional[Tensor] = None
    if (module + ".bias") in weights:
        bias = weights[module + ".bias"].to(x.dtype)
    y = functional.linear(x, weight.to(x.dtype), bias)
    if (module + ".lora_A.weight") in weights:
        down = weights[module + ".lora_A.weight"]
        up = weights[module + ".lora_B.weight"]
        update = functional.linear(functional.linear(x.to(down.dtype), down), up)
        y = (y + update * weights[module + ".lora_scale"]).to(x.dtype)
    return y


def layer_norm(x: Tensor, weights: Dict[str, Tensor], module: str, epsilon: float) -> Tensor:
    weight = weights[module + ".weight"].to(x.dtype)
    bias = weights[module + ".bias"].to(x.dtype)
    return functional.layer_norm(x, [x.size(-1)], weight, bias, epsilon)


def activation(x: Tensor, kind: int) -> Tensor:
    if kind == 0:
        return functional.silu(x)
    if kind == 1:
        return functional.gelu(x)
    if kind == 2:
        return functional.gelu(x, approximate="tanh")
    return functional.relu(x)


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Rotary embedding of the first features; cosine and sine [batch, 1, length, half of them]."""
    half = cosine.size(-1)
    left = x[..., :half]
    right = x[..., half : 2 * half]
    turned = [left * cosine - right * sine, right * cosine + left * sine]
    if 2 * half < x.size(-1):
        turned.append(x[..., 2 * half :])
    return torch.cat(turned, -1)


def visible(
    mask: Optional[Tensor], queries: int, keys: int, window: int, device: torch.device
) -> Optional[Tensor]:
    """True where a query may look: [1 or batch, 1, queries, keys]. None is plainly causal.

    mask: [batch, keys], a number for each text of a row, 0 at padding: a text sees itself alone.
    window: how far back, itself included; 0 for no limit.
    """
    if mask is None and queries == keys and (window <= 0 or window >= keys):
        return None
    row = torch.arange(keys - queries, keys, device=device).unsqueeze(1)
    column = torch.arange(keys, device=device).unsqueeze(0)
    seen = column <= row
    if window > 0:
        seen = seen & (column > row - window)
    seen = seen.unsqueeze(0).unsqueeze(0)
    if mask is not None:
        asking = mask[:, keys - queries :].unsqueeze(2)
        seen = seen & (mask.unsqueeze(1) == asking).unsqueeze(1)
    return seen


def attend(
    query: Tensor, key: Tensor, value: Tensor, seen: Optional[Tensor], scale: float, softcap: float
) -> Tensor:
    """query [batch, heads, queries, size]; key, value [batch, groups, keys, size].

    Gives [batch, queries, heads * size].
    """
    group = query.size(1) // key.size(1)
    if group > 1:
        key = key.repeat_interleave(group, 1)
        value = value.repeat_interleave(group, 1)
    if softcap > 0.0:
        scores = torch.matmul(query, key.transpose(-1, -2)) * scale
        scores = torch.tanh(scores / softcap) * softcap
        if seen is None:
            length = query.size(2)
            seen = torch.ones([length, length], dtype=torch.bool, device=query.device).tril()
        scores = scores.masked_fill(~seen, float("-inf"))
        mixed = torch.matmul(torch.softmax(scores.float(), -1).to(value.dtype), value)
    else:
        mixed = functional.scaled_dot_product_attention(
            query, key, value, seen, 0.0, seen is None, scale=scale
        )
    return mixed.transpose(1, 2).flatten(2)


def remember(
    key: Tensor, value: Tensor, layer: int, keys: List[Tensor], values: List[Tensor]
) -> None:
    """Puts a layer's keys and values [batch, groups, length, size] behind those before them."""
    if layer < len(keys):
        keys[layer] = torch.cat([keys[layer], key], 2)
        values[layer] = torch.cat([values[layer], value], 2)
    else:
        keys.append(key)
        values.append(value)


def positions_of(tokens: Tensor, mask: Optional[Tensor]) -> Tensor:
    """Where each token stands in its text: [1 or batch, length]; mask as for `visible`."""
    places = torch.arange(tokens.size(1), device=tokens.device).unsqueeze(0)
    if mask is None:
        return places
    begins = torch.ones_like(mask, dtype=torch.bool)
    begins[:, 1:] = mask[:, 1:] != mask[:, :-1]
    return places - torch.cummax(places * begins, 1)[0]


class Graph(nn.Module):
    """A causal language model without weights.

    A family adds `take`, which keeps the numbers; `read`, from tokens to final hidden states; `head`,
    from these to logits; and `switch`, the length beyond which what was remembered is no longer
    valid, or 0.
    """

    weights: Dict[str, Tensor]

    def __init__(self) -> None:
        super().__init__()
        self.weights = {}

    @torch.jit.export
    def bind(self, weights: Dict[str, Tensor], ints: List[int], floats: List[float]) -> int:
        """The tensors stay the caller's; what is written to them shows in the next call."""
        self.weights = weights
        self.take(ints, floats)
        return len(weights)

    def forward(self, tokens: Tensor, mask: Optional[Tensor] = None) -> Tensor:
        """tokens, mask: int64 [batch, length], the mask as for `visible`.

        Gives logits [batch, length, vocabulary].
        """
        return self.head(self.whole(tokens, mask)).float()

    def whole(self, tokens: Tensor, mask: Optional[Tensor]) -> Tensor:
        keys: List[Tensor] = []
        values: List[Tensor] = []
        return self.read(tokens, positions_of(tokens, mask), mask, tokens.size(1), keys, values)

    def scored(self, hidden: Tensor, targets: Tensor, choice: bool) -> List[Tensor]:
        """The log probability of every target; with choice also 1 where it is the likeliest.

        hidden [targets, width]. Works on slices, so that logits of a large vocabulary never stand
        in memory for all tokens at once.
        """
        told: List[Tensor] = []
        likeliest: List[Tensor] = []
        first = 0
        while first < hidden.size(0):
            # 2^26 logits, 256 MB.
            rows = max(1, 67108864 // self.vocabulary())
            target = targets[first : first + rows]
            logits = self.head(hidden[first : first + rows]).float()
            told.append(-functional.cross_entropy(logits, target, reduction="none"))
            if choice:
                likeliest.append((logits.argmax(-1) == target).to(torch.float32))
            first += rows
        return [torch.cat(told), torch.cat(likeliest)] if choice else [torch.cat(told)]

    @torch.jit.export
    def losses(self, tokens: Tensor, targets: Tensor, mask: Optional[Tensor] = None) -> Tensor:
        """The negative log likelihood of each target after the tokens up to its place, in nats.

        All int64 [batch, length]; a negative target counts as 0; the mask is as for `visible`.
        Gives [batch, length].
        """
        hidden = self.whole(tokens, mask).flatten(0, 1)
        flat = targets.flatten()
        wanted = torch.nonzero(flat >= 0).squeeze(1)
        losses = torch.zeros(flat.size(0), dtype=torch.float32, device=flat.device)
        if wanted.size(0) > 0:
            told = self.scored(hidden.index_select(0, wanted), flat.index_select(0, wanted), False)
            losses = losses.index_copy(0, wanted, -told[0])
        return losses.view(tokens.size(0), tokens.size(1))

    @torch.jit.export
    def mean_hidden(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """The mean of the final hidden states of what is not padding: float32 [batch, width]."""
        hidden = self.whole(tokens, mask).float()
        kept = mask.to(torch.float32).unsqueeze(-1)
        return (hidden * kept).sum(1) / kept.sum(1).clamp(min=1.0)

    @torch.jit.export
    def continuations(self, context: Tensor, choices: Tensor) -> Tensor:
        """Scores choices [choices, length], padded on the right, after one context [1, length].

        The context is read once. Gives [2, choices, length]: the log probability of each token, and
        1 where it is the likeliest. What is said of padding means nothing.
        """
        keys: List[Tensor] = []
        values: List[Tensor] = []
        begun, count, length = context.size(1), choices.size(0), choices.size(1)
        reach = begun + length
        places = torch.arange(reach, device=context.device).unsqueeze(0)
        last = self.read(context, places[:, :begun], None, reach, keys, values)[:, -1:]
        for layer in range(len(keys)):
            keys[layer] = keys[layer].expand(count, -1, -1, -1)
            values[layer] = values[layer].expand(count, -1, -1, -1)
        hidden = last.expand(count, -1, -1)
        if length > 1:
            rest = self.read(
                choices[:, :-1], places[:, begun : reach - 1], None, reach, keys, values
            )
            hidden = torch.cat([hidden, rest], 1)
        scores = self.scored(hidden.flatten(0, 1), choices.flatten(), True)
        return torch.stack(scores).view(2, count, length)

    @torch.jit.export
    def generate(
        self, tokens: Tensor, mask: Tensor, stop: List[int], padding: int, most: int
    ) -> Tensor:
        """The likeliest next tokens, at most so many: int64 [batch, produced].

        tokens, mask [batch, length], padded on the left. Behind a stop token a row has padding.
        """
        keys: List[Tensor] = []
        values: List[Tensor] = []
        produced: List[Tensor] = []
        going = torch.ones([tokens.size(0), 1], dtype=torch.bool, device=tokens.device)
        positions = positions_of(tokens, mask)
        seen = 0
        for _ in range(most):
            reach = tokens.size(1)
            if self.switch() > 0 and reach > self.switch() and seen <= self.switch():
                keys.clear()
                values.clear()
                seen = 0
            new = tokens[:, seen:]
            hidden = self.read(new, positions[:, seen:], mask, reach, keys, values)
            following = self.head(hidden[:, -1:]).float().argmax(-1)
            following = torch.where(going, following, torch.full_like(following, padding))
            produced.append(following)
            for token in stop:
                going = going & (following != token)
            if not bool(going.any()):
                break
            seen = reach
            tokens = torch.cat([tokens, following], 1)
            positions = torch.cat([positions, positions[:, -1:] + 1], 1)
            mask = torch.cat([mask, torch.ones_like(following)], 1)
        return torch.cat(produced, 1)

    @torch.jit.export
    def empty_bfloat16(self, sizes: Tensor) -> Tensor:
        """sizes: int64, on the device where the tensor is to live."""
        shape: List[int] = sizes.tolist()
        return torch.empty(shape, dtype=torch.bfloat16, device=sizes.device)

    @torch.jit.export
    def elements(self, tensor: Tensor, first: int, count: int) -> Tensor:
        """A view of some elements of a contiguous tensor, in row-major order."""
        return tensor.detach().view(-1).narrow(0, first, count)

    @torch.jit.export
    def store(self, target: Tensor, source: Tensor) -> int:
        """Overwrites a tensor of any type, on any device."""
        with torch.no_grad():
            target.copy_(source)
        return 0
