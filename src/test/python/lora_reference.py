"""Writes small LoRA adapters of every kind, and the deltas that they stand for.

The deltas are computed in float64 from the adapter's definition, by numpy alone, and rounded once to
float32. Run with the folder to write to:

    python lora_reference.py ../resources/org/mergetomix/expert/lora
"""

import json
import pathlib
import struct
import sys

import numpy as np


def to_bf16(values):
    """Rounds float32 to bfloat16, to the nearest, ties to even; returns the 16 bits."""
    bits = values.astype(np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def from_bf16(bits):
    return (bits.astype(np.uint32) << 16).view(np.float32)


def write(path, tensors, metadata=None):
    """Writes a safetensors file of (dtype name, array of the stored bits) by tensor name."""
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, (dtype, array) in sorted(tensors.items()):
        blob = np.ascontiguousarray(array).tobytes()
        header[name] = {
            "dtype": dtype,
            "shape": list(array.shape),
            "data_offsets": [len(data), len(data) + len(blob)],
        }
        data += blob
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


class Case:
    """One adapter on one base."""

    def __init__(self, folder, seed, config, dtype="F32"):
        self.folder = folder
        self.random = np.random.default_rng(seed)
        self.config = {"peft_type": "LORA", "base_model_name_or_path": "some/base"} | config
        self.dtype = dtype
        self.base, self.adapter, self.expected = {}, {}, {}

    def numbers(self, *shape):
        return self.random.normal(size=shape).astype(np.float32)

    def parameter(self, name, *shape):
        self.base[name] = ("F32", self.numbers(*shape))
        self.expected[name] = np.zeros(shape)

    def store(self, name, *shape):
        """Adds a tensor to the adapter; returns what is stored, in float64."""
        values = self.numbers(*shape)
        if self.dtype == "BF16":
            bits = to_bf16(values)
            self.adapter["base_model.model." + name] = ("BF16", bits)
            return from_bf16(bits).astype(np.float64)
        self.adapter["base_model.model." + name] = ("F32", values)
        return values.astype(np.float64)

    def linear(self, module, rank, scale, outputs, inputs, transposed=False):
        self.parameter(module + ".weight", *((inputs, outputs) if transposed else (outputs, inputs)))
        a = self.store(module + ".lora_A.weight", rank, inputs)
        b = self.store(module + ".lora_B.weight", outputs, rank)
        product = scale * (b @ a)
        self.expected[module + ".weight"] = product.T if transposed else product

    def embedding(self, module, rank, scale, vocabulary, dimension):
        self.parameter(module + ".weight", vocabulary, dimension)
        a = self.store(module + ".lora_embedding_A", rank, vocabulary)
        b = self.store(module + ".lora_embedding_B", dimension, rank)
        self.expected[module + ".weight"] = scale * (b @ a).T

    def convolution(self, module, rank, scale, outputs, inputs, height, width):
        self.parameter(module + ".weight", outputs, inputs, height, width)
        a = self.store(module + ".lora_A.weight", rank, inputs, height, width)
        b = self.store(module + ".lora_B.weight", outputs, rank, 1, 1)
        self.expected[module + ".weight"] = scale * np.einsum("ok,kihw->oihw", b[:, :, 0, 0], a)

    def saved(self, name, *shape):
        self.parameter(name, *shape)
        kept = self.store(name, *shape)
        self.expected[name] = kept - self.base[name][1].astype(np.float64)

    def bias(self, module, scale, outputs):
        self.parameter(module + ".bias", outputs)
        self.expected[module + ".bias"] = scale * self.store(module + ".lora_B.bias", outputs)

    def finish(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "adapter_config.json").write_text(json.dumps(self.config, indent=2) + "\n")
        write(self.folder / "adapter_model.safetensors", self.adapter, {"format": "pt"})
        write(self.folder / "base.safetensors", self.base)
        expected = {name: ("F32", v.astype(np.float32)) for name, v in self.expected.items()}
        write(self.folder / "expected.safetensors", expected)


def main(target):
    # Modules called k_proj have rank 3; alpha is 5 for everything in layer 1.
    plain = Case(
        target / "plain",
        1,
        {
            "r": 4,
            "lora_alpha": 8,
            "rank_pattern": {"k_proj": 3},
            "alpha_pattern": {"model.layers.1.*": 5, "k_proj": 7},
            "modules_to_save": ["norm", "score"],
            "bias": "lora_only",
            "lora_bias": True,
        },
    )
    plain.linear("model.layers.0.q_proj", 4, 8 / 4, 6, 5)
    plain.linear("model.layers.0.k_proj", 3, 7 / 3, 6, 5)
    plain.linear("model.layers.1.q_proj", 4, 5 / 4, 7, 3)
    plain.linear("model.layers.1.k_proj", 3, 5 / 3, 1, 9)
    plain.bias("model.layers.0.q_proj", 8 / 4, 6)
    plain.saved("model.layers.0.k_proj.bias", 6)
    plain.embedding("model.embed_tokens", 4, 8 / 4, 11, 5)
    plain.saved("model.norm.weight", 5)
    plain.saved("score.weight", 2, 5)
    plain.parameter("model.layers.0.mlp.weight", 4, 5)
    plain.finish()

    root = Case(
        target / "root-of-rank",
        2,
        {"r": 5, "lora_alpha": 16, "use_rslora": True},
        "BF16",
    )
    root.linear("model.layers.0.q_proj", 5, 16 / np.sqrt(5), 8, 9)
    root.finish()

    transposed = Case(
        target / "fan-in-fan-out", 3, {"r": 2, "lora_alpha": 3, "fan_in_fan_out": True}
    )
    transposed.linear("transformer.h.0.attn.c_attn", 2, 3 / 2, 9, 4, transposed=True)
    transposed.linear("transformer.h.0.mlp.c_fc", 2, 3 / 2, 5, 5, transposed=True)
    transposed.finish()

    convolution = Case(target / "convolution", 4, {"r": 2, "lora_alpha": 2})
    convolution.convolution("conv1", 2, 1, 4, 3, 1, 1)
    convolution.convolution("conv2", 2, 1, 3, 4, 3, 2)
    convolution.finish()


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
