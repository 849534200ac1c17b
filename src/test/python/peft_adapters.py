"""Writes small LoRA adapters with PEFT itself, and the models that they make of their bases.

Every kind of adapter that LoraDelta accepts beyond plain factors, as save_pretrained writes it:
trained biases, modules that were saved whole, embeddings, tied layers, packed experts, MiCA, VeLoRA,
MonteCLoRA, and ways to name modules. Parameters that are trained are random here. "expected" is what merge_and_unload gives, and
gives the logits of the adapted model. Of two tied layers with factors it adds their one product twice
to their one weight, which does not: there it is what the layers compute.
Needs torch, transformers 5.24.0 and peft 0.21.2. Run with the folder to write to:

    python peft_adapters.py ../resources/org/mergetomix/expert/peft
"""

import pathlib
import shutil
import sys
import warnings

import torch
from peft import LoraConfig, get_peft_model
from peft.tuners.lora import MontecloraConfig, VeloraConfig
from safetensors.torch import save_file
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen2MoeConfig,
    Qwen2MoeForCausalLM,
)

SIZES = {"vocab_size": 10, "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 2}
HEADS = {"num_attention_heads": 2, "num_key_value_heads": 2}

BASES = {
    "llama": lambda: LlamaForCausalLM(LlamaConfig(**SIZES, **HEADS)),
    "llama-tied": lambda: LlamaForCausalLM(LlamaConfig(**SIZES, **HEADS, tie_word_embeddings=True)),
    "qwen2": lambda: Qwen2ForCausalLM(Qwen2Config(**SIZES, **HEADS)),
    "qwen2-moe": lambda: Qwen2MoeForCausalLM(
        Qwen2MoeConfig(
            **SIZES | {"num_hidden_layers": 1},
            **HEADS,
            num_experts=3,
            num_experts_per_tok=2,
            moe_intermediate_size=4,
            shared_expert_intermediate_size=4,
        )
    ),
    "gpt2": lambda: GPT2LMHeadModel(
        GPT2Config(vocab_size=10, n_positions=4, n_embd=8, n_inner=12, n_layer=2, n_head=2)
    ),
}

EXPERTS = {
    "target_modules": ["q_proj"],
    "target_parameters": ["mlp.experts.gate_up_proj", "mlp.experts.down_proj"],
    "rank_pattern": {"experts.down_proj": 3},
    "alpha_pattern": {"experts.gate_up_proj": 5},
}

CASES = {
    "bias-all": ("gpt2", {"target_modules": ["c_attn"], "bias": "all", "fan_in_fan_out": True}),
    "bias-lora-only": ("qwen2", {"target_modules": ["q_proj"], "bias": "lora_only"}),
    "saved-by-ending": (
        "llama",
        {"target_modules": ["q_proj", "v_proj"], "modules_to_save": ["embed_tokens", "norm"]},
    ),
    "saved-container": ("llama", {"target_modules": ["q_proj"], "modules_to_save": ["mlp"]}),
    "embedding": ("llama", {"target_modules": ["q_proj", "embed_tokens"]}),
    "tied-factors": (
        "llama-tied",
        {"target_modules": ["q_proj", "embed_tokens", "lm_head"], "ensure_weight_tying": True},
    ),
    "tied-saved": (
        "llama-tied",
        {
            "target_modules": ["q_proj"],
            "modules_to_save": ["embed_tokens", "lm_head"],
            "ensure_weight_tying": True,
        },
    ),
    "mica": ("llama", {"target_modules": ["q_proj"], "init_lora_weights": "mica"}),
    "velora": (
        "llama",
        {"target_modules": ["q_proj"], "velora_config": VeloraConfig(num_groups=2)},
    ),
    "all-linear": ("llama", {"target_modules": "all-linear"}),
    "pattern": ("llama", {"target_modules": r".*\.(?P<which>[qk])_proj"}),
    "some-layers": (
        "llama",
        {
            "target_modules": ["q_proj", "up_proj"],
            "exclude_modules": ["up_proj"],
            "layers_to_transform": [1],
            "layers_pattern": "layers",
        },
    ),
    "lora-bias": ("qwen2", {"target_modules": ["q_proj", "v_proj"], "lora_bias": True}),
    "monteclora": (
        "llama",
        {"target_modules": ["q_proj"], "monteclora_config": MontecloraConfig(num_samples=2)},
    ),
    "packed-experts": ("qwen2-moe", EXPERTS),
    "experts-in-files": ("qwen2-moe", EXPERTS),
}


def in_files(tensors):
    """Experts as save_pretrained writes them, a tensor for each."""
    split = {}
    for name, tensor in tensors.items():
        layer, packed, matrix = name.partition(".mlp.experts.")
        if not packed:
            split[name] = tensor
            continue
        for expert, weights in enumerate(tensor):
            parts = {"down_proj": weights}
            if matrix == "gate_up_proj":
                parts = dict(zip(("gate_proj", "up_proj"), weights.chunk(2)))
            for part, weight in parts.items():
                split[f"{layer}{packed}{expert}.{part}.weight"] = weight.contiguous()
    return split


def write(root, name, base, arguments):
    torch.manual_seed(1)
    model = BASES[base]().eval()
    folder = root / name
    shutil.rmtree(folder, ignore_errors=True)
    tied = base == "llama-tied"
    names = [key for key in model.state_dict() if not (tied and key == "lm_head.weight")]
    before = {key: model.state_dict()[key].clone() for key in names}
    adapted = get_peft_model(model, LoraConfig(r=2, lora_alpha=3, **arguments))
    with torch.no_grad():
        for parameter in adapted.parameters():
            if parameter.requires_grad:
                parameter.normal_()
    adapted.save_pretrained(folder)
    (folder / "README.md").unlink()
    tokens = torch.arange(4)[None]
    logits = adapted(tokens).logits
    deltas = {
        key.removeprefix("base_model.model."): module.get_delta_weight("default").clone()
        for key, module in adapted.named_modules()
        if name == "tied-factors" and hasattr(module, "get_delta_weight")
    }
    merged = adapted.merge_and_unload().state_dict()
    expected = {key: merged[key].clone() for key in names}
    for module, delta in deltas.items():
        if f"{module}.weight" in before:
            expected[f"{module}.weight"] = before[f"{module}.weight"] + delta
    plain = BASES[base]().eval()
    plain.load_state_dict(expected, strict=not tied)
    torch.testing.assert_close(plain(tokens).logits, logits)
    if name == "experts-in-files":
        before, expected = in_files(before), in_files(expected)
    save_file(before, folder / "base.safetensors")
    save_file(expected, folder / "expected.safetensors")


def main(root):
    warnings.simplefilter("ignore")
    for name, (base, arguments) in CASES.items():
        write(root, name, base, arguments)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
