"""Trains two small tokenizers, and says what the Python package tokenizers makes of some texts.

One is byte-level with a token in front (GPT-2, Llama 3, Qwen), the other falls back to bytes and has
one in front and one behind (Llama 2, Mistral, Gemma). Both say to cut and to pad, which must not count.

    python src/test/python/tokenizer_reference.py src/test/resources/org/mergetomix/model/tokenizers
"""

import json
import sys
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

TRAINING = [
    "The quick brown fox jumps over the lazy dog, again and again.",
    "Merging models of one family is cheap; training each mixture is not.",
    "naïve café, déjà vu; 1234567 and 3.14 don't round. ¿Qué?",
] * 4

TEXTS = [
    "",
    " ",
    "Hello world",
    "The quick brown fox jumps over the lazy dog.",
    "naïve café — 日本語 🙂🏽 \u200b x",
    "a\tb\n\n  c\r\n",
    "<s>mid</s> text <pad>",
    "<|bos|>mid<|end|>",
    "1234567 3.14",
    "don't we'll",
    "\u0301combining e\u0301",
    "nul \u0000 inside",
    "x" * 300,
    "again and again " * 60,
]


def limits(tokenizer):
    tokenizer.enable_truncation(4)
    tokenizer.enable_padding(length=8)


def byte_level():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=340,
        special_tokens=["<|bos|>", "<|end|>", "<pad>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TRAINING, trainer)
    template = processors.TemplateProcessing(
        single="<|bos|> $A", special_tokens=[("<|bos|>", 0)]
    )
    tokenizer.post_processor = processors.Sequence(
        [processors.ByteLevel(trim_offsets=False), template]
    )
    settings = {"bos_token": "<|bos|>", "eos_token": {"content": "<|end|>"}, "pad_token": "<pad>"}
    return tokenizer, settings


def byte_fallback():
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)],
        show_progress=False,
    )
    tokenizer.train_from_iterator(TRAINING, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    return tokenizer, {"bos_token": "<s>", "eos_token": "</s>", "pad_token": None}


def main(directory):
    for name, make in {"byte-level": byte_level, "byte-fallback": byte_fallback}.items():
        folder = directory / name
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer, settings = make()
        expected = [
            dict(
                text=text,
                plain=tokenizer.encode(text, add_special_tokens=False).ids,
                whole=tokenizer.encode(text).ids,
                decoded=tokenizer.decode(tokenizer.encode(text).ids),
            )
            for text in TEXTS
        ]
        (folder / "expected.json").write_text(json.dumps(expected) + "\n")
        (folder / "tokenizer_config.json").write_text(json.dumps(settings) + "\n")
        limits(tokenizer)
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        print(name, tokenizer.get_vocab_size())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
