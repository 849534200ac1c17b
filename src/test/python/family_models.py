"""Makes tiny random models of every family and variant, and says what transformers makes of them.

Each becomes a Hugging Face folder with expected.safetensors beside the weights:

    tokens, mask      int64 [batch, length]; the mask has padding on the left
    logits            of the tokens without the mask
    masked_logits     with it; what stands at padding means nothing
    loss, gradient_norm   of predicting each next token, without the mask; over all parameters
    generated         greedy, after the masked tokens
    mean_hidden       of what is not padding
    context, choices, continuations   log probability of each token of a choice after the context
    bfloat16_error    mean difference of transformers' own logits in bfloat16

and, where there is a LoRA adapter, adapter/ with adapted_logits and adapted_gradient_norm.

Run with the packages in family_requirements.txt beside this:

    python src/test/python/family_models.py src/test/resources/org/mergetomix/family

CI makes them again elsewhere and compares: weights bit for bit, figures to rounding.
"""

import copy
import json
import shutil
import sys
import tempfile
from pathlib import Path

import peft
import torch
import transformers as hf
from safetensors.torch import load_file, save_file

VOCABULARY = 64
LENGTH = 24
STOP = [2, 17]
SIZES = dict(
    vocab_size=VOCABULARY,
    hidden_size=32,
    intermediate_size=40,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=128,
    bos_token_id=1,
    eos_token_id=2,
    pad_token_id=0,
)
LLAMA3 = dict(
    rope_type="llama3",
    rope_theta=10000.0,
    factor=8.0,
    low_freq_factor=1.0,
    high_freq_factor=4.0,
    original_max_position_embeddings=32,
)
GPT2 = dict(
    vocab_size=VOCABULARY, n_positions=64, n_embd=32, n_layer=2, n_head=4, bos_token_id=1, eos_token_id=2
)
NEOX = dict(
    vocab_size=VOCABULARY,
    hidden_size=32,
    intermediate_size=48,
    num_hidden_layers=2,
    num_attention_heads=4,
    max_position_embeddings=64,
    bos_token_id=1,
    eos_token_id=2,
)


def rope(kind, **parameters):
    return dict(rope_type=kind, rope_theta=10000.0, **parameters)


def sizes(**changes):
    return {**SIZES, **changes}


def old_keys(config):
    """The same configuration as transformers 4 writes it."""
    parameters = config.pop("rope_parameters", None)
    if parameters and "full_attention" in parameters:
        config["rope_theta"] = parameters["full_attention"].pop("rope_theta")
        config["rope_local_base_freq"] = parameters["sliding_attention"]["rope_theta"]
        parameters = parameters["full_attention"]
    elif parameters:
        config["rope_theta"] = parameters.pop("rope_theta")
    config["rope_scaling"] = parameters if parameters and parameters["rope_type"] != "default" else None
    config["torch_dtype"] = config.pop("dtype")
    config.pop("layer_types", None)
    return config


LONG = dict(short_factor=[1.0, 1.1, 1.2, 1.5], long_factor=[1.0, 1.7, 3.0, 4.0])

# What ends in -4 is written with the keys of transformers 4, what ends in -bare without its head.
MODELS = {
    "llama": lambda: hf.LlamaConfig(**sizes(head_dim=16, rope_parameters=LLAMA3)),
    "llama-4": lambda: hf.LlamaConfig(**sizes(head_dim=16, rope_parameters=LLAMA3)),
    "llama-tied": lambda: hf.LlamaConfig(
        **sizes(tie_word_embeddings=True, attention_bias=True, mlp_bias=True, head_dim=16)
    ),
    "llama-linear": lambda: hf.LlamaConfig(**sizes(rope_parameters=rope("linear", factor=2.5))),
    "llama-yarn": lambda: hf.LlamaConfig(
        **sizes(
            head_dim=16, rope_parameters=rope("yarn", factor=4.0, original_max_position_embeddings=32)
        )
    ),
    "llama-dynamic": lambda: hf.LlamaConfig(
        **sizes(max_position_embeddings=16, rope_parameters=rope("dynamic", factor=2.0))
    ),
    "mistral": lambda: hf.MistralConfig(**sizes(sliding_window=6)),
    "mistral-4": lambda: hf.MistralConfig(**sizes(sliding_window=None)),
    "qwen2": lambda: hf.Qwen2Config(**sizes(tie_word_embeddings=True)),
    "qwen2-window": lambda: hf.Qwen2Config(
        **sizes(use_sliding_window=True, sliding_window=6, max_window_layers=1)
    ),
    "qwen2-4": lambda: hf.Qwen2Config(
        **sizes(use_sliding_window=True, sliding_window=6, max_window_layers=1)
    ),
    "qwen3": lambda: hf.Qwen3Config(**sizes(head_dim=16)),
    "smollm3": lambda: hf.SmolLM3Config(**sizes(no_rope_layer_interval=2)),
    "olmo2": lambda: hf.Olmo2Config(**sizes()),
    "gemma": lambda: hf.GemmaConfig(**sizes(head_dim=16)),
    "gemma2": lambda: hf.Gemma2Config(
        **sizes(head_dim=16, sliding_window=6, query_pre_attn_scalar=24, attn_logit_softcapping=5.0)
    ),
    "gemma3": lambda: hf.Gemma3TextConfig(
        **sizes(
            head_dim=16,
            sliding_window=6,
            query_pre_attn_scalar=24,
            layer_types=["sliding_attention", "full_attention"],
        )
    ),
    "gemma3-4": lambda: hf.Gemma3TextConfig(
        **sizes(
            head_dim=16,
            sliding_window=6,
            sliding_window_pattern=2,
            rope_parameters={
                "full_attention": rope("linear", factor=8.0),
                "sliding_attention": rope("default"),
            },
        )
    ),
    "phi3": lambda: hf.Phi3Config(**sizes(sliding_window=7)),
    # Short factors for the tokens; generation goes beyond what they are for.
    "phi3-short": lambda: hf.Phi3Config(
        **sizes(original_max_position_embeddings=28, rope_parameters=rope("longrope", **LONG))
    ),
    "phi3-long": lambda: hf.Phi3Config(
        **sizes(
            original_max_position_embeddings=16,
            head_dim=16,
            hidden_size=64,
            rope_parameters=rope("longrope", partial_rotary_factor=0.5, **LONG),
        )
    ),
    "gpt2": lambda: hf.GPT2Config(**GPT2),
    "gpt2-bare": lambda: hf.GPT2Config(
        **GPT2, n_inner=40, scale_attn_by_inverse_layer_idx=True, activation_function="relu"
    ),
    "gpt_neox": lambda: hf.GPTNeoXConfig(**NEOX),
    "gpt_neox-4": lambda: hf.GPTNeoXConfig(
        **NEOX, use_parallel_residual=False, rope_parameters=rope("linear", factor=2.0, partial_rotary_factor=0.5)
    ),
}

ADAPTERS = {
    "llama-tied": dict(target_modules=["q_proj", "down_proj"]),
    "gpt2": dict(target_modules=["c_attn"], fan_in_fan_out=True),
    "phi3": dict(target_modules="all-linear"),
}


def scatter(model):
    """Moves norms and biases from 1 and 0, and spreads the logits."""
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(torch.randn_like(parameter) * 0.1)
            else:
                parameter.mul_(9.0)


def write_model(name, folder):
    torch.manual_seed(7)
    model = hf.AutoModelForCausalLM.from_config(MODELS[name]()).eval().float()
    scatter(model)
    # Stored as most models are; in bfloat16 and float32 the weights are the same numbers.
    model = model.to(torch.bfloat16)
    model.save_pretrained(folder)
    for extra in folder.glob("*generation_config*"):
        extra.unlink()
    path = folder / "config.json"
    config = json.loads(path.read_text())
    if name.endswith("-4"):
        config = old_keys(config)
        if name.startswith("gpt_neox"):
            scaling = config["rope_scaling"]
            config["rotary_pct"] = scaling.pop("partial_rotary_factor")
            config["rotary_emb_base"] = config.pop("rope_theta")
        if name.startswith("gemma3"):
            config["sliding_window_pattern"] = 2
    for field in ("transformers_version", "_sliding_window_pattern"):
        config.pop(field, None)
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    if name.endswith("-bare"):
        weights = load_file(folder / "model.safetensors")
        bare = {key.removeprefix("transformer."): tensor for key, tensor in weights.items()}
        save_file(bare, folder / "model.safetensors", metadata={"format": "pt"})


def gradient_norm(model):
    squares = [p.grad.double().pow(2).sum() for p in model.parameters() if p.grad is not None]
    return torch.stack(squares).sum().sqrt().float().reshape(1)


def load(folder, kind=torch.float32):
    attention = "eager" if "gemma2" in folder.name else "sdpa"
    return hf.AutoModelForCausalLM.from_pretrained(
        folder, dtype=kind, attn_implementation=attention
    ).eval()


def positions(mask):
    return (mask.cumsum(-1) - 1).clamp(min=0)


def write_expected(folder):
    generator = torch.Generator().manual_seed(3)
    tokens = torch.randint(3, VOCABULARY, (3, LENGTH), generator=generator)
    mask = torch.ones_like(tokens)
    for row, padding in enumerate([0, 5, 9]):
        tokens[row, :padding] = 0
        mask[row, :padding] = 0
    expected = dict(tokens=tokens, mask=mask)

    model = load(folder)
    with torch.no_grad():
        expected["logits"] = model(input_ids=tokens).logits
        masked = model(
            input_ids=tokens,
            attention_mask=mask,
            position_ids=positions(mask),
            output_hidden_states=True,
        )
        expected["masked_logits"] = masked.logits
        kept = mask.unsqueeze(-1)
        expected["mean_hidden"] = (masked.hidden_states[-1] * kept).sum(1) / kept.sum(1)
        narrow = load(folder, torch.bfloat16)(input_ids=tokens).logits.float()
        error = (narrow - expected["logits"]).abs().mean()
        expected["bfloat16_error"] = error.reshape(1)
        produced = load(folder).generate(
            input_ids=tokens,
            attention_mask=mask,
            do_sample=False,
            max_new_tokens=12,
            pad_token_id=0,
            eos_token_id=STOP,
        )
        expected["generated"] = produced[:, LENGTH:]
        context = tokens[:1, :12]
        choices = torch.randint(3, VOCABULARY, (4, 5), generator=generator)
        whole = torch.cat([context.expand(4, -1), choices], 1)
        told = load(folder)(input_ids=whole).logits[:, 11:-1].log_softmax(-1)
        expected["context"], expected["choices"] = context, choices
        expected["continuations"] = told.gather(2, choices.unsqueeze(2)).squeeze(2)
    loss = model(input_ids=tokens, labels=tokens).loss
    loss.backward()
    expected["loss"], expected["gradient_norm"] = loss.detach().reshape(1), gradient_norm(model)

    if folder.name in ADAPTERS:
        torch.manual_seed(11)
        settings = peft.LoraConfig(r=3, lora_alpha=5, **ADAPTERS[folder.name])
        adapted = peft.get_peft_model(load(folder), settings)
        with torch.no_grad():
            for key, parameter in adapted.named_parameters():
                if "lora_B" in key:
                    parameter.copy_(torch.randn_like(parameter) * 0.1)
        result = adapted(input_ids=tokens, labels=tokens)
        result.loss.backward()
        expected["adapted_logits"] = result.logits.detach()
        expected["adapted_gradient_norm"] = gradient_norm(adapted)
        adapted.save_pretrained(folder / "adapter")
        (folder / "adapter" / "README.md").unlink(missing_ok=True)
        config = folder / "adapter" / "adapter_config.json"
        content = json.loads(config.read_text())
        content["base_model_name_or_path"] = None
        if isinstance(content["target_modules"], list):
            content["target_modules"].sort()
        config.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n")
    save_file({key: t.clone().contiguous() for key, t in expected.items()}, folder / "expected.safetensors")


def write(directory):
    torch.set_num_threads(1)
    for name in MODELS:
        folder = directory / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        write_model(name, folder)
        write_expected(folder)
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        print(f"{name}: {size:,} bytes", flush=True)
        assert size < 300_000, f"{name} is too large"


def check(directory):
    """Compares the committed folders with new ones; gives what differs, by name."""
    with tempfile.TemporaryDirectory() as temporary:
        write(Path(temporary))
        found = {name: differences(directory / name, Path(temporary) / name) for name in MODELS}
    return {name: wrong for name, wrong in found.items() if wrong}


def differences(old, new):
    wrong = []
    if (old / "config.json").read_text() != (new / "config.json").read_text():
        wrong.append("config.json differs")
    before, after = load_file(old / "model.safetensors"), load_file(new / "model.safetensors")
    if before.keys() != after.keys() or any(not torch.equal(before[key], after[key]) for key in before):
        wrong.append("weights differ")
    before, after = load_file(old / "expected.safetensors"), load_file(new / "expected.safetensors")
    if before.keys() != after.keys():
        return [*wrong, "expected.safetensors has other tensors"]
    for key in before:
        # Rounding in bfloat16 depends on the processor.
        tolerance = dict(rtol=0.2) if key == "bfloat16_error" else dict(rtol=1e-4, atol=1e-5)
        if not torch.allclose(before[key].double(), after[key].double(), **tolerance):
            wrong.append(f"{key} differs")
    return wrong


if __name__ == "__main__":
    write(Path(sys.argv[1]))
