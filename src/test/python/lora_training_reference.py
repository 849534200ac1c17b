"""Trains LoRA adapters of tiny models with PEFT and PyTorch's AdamW, for LowRankTrainingTest.

For each of the models below, from the folders that family_models.py makes, 20 steps on one batch, so
that the order of the data does not matter. A file NAME.safetensors holds

    tokens            int64 [batch, length]
    losses            of every step
    before.*, after.* the factors under PEFT's names, at first and after the last step
    rounded.*         the same after the last step of a base in bfloat16

Run with the packages in family_requirements.txt beside this:

    python src/test/python/lora_training_reference.py src/test/resources/org/mergetomix/training/lora
"""

import math
import sys
from pathlib import Path

import peft
import torch
import transformers
from safetensors.torch import save_file

MODELS = Path(__file__).resolve().parents[1] / "resources/org/mergetomix/family"
TARGETS = {
    "llama-tied": ["q_proj", "down_proj"],
    "gpt2": ["attn.c_attn"],
    "phi3": "all-linear",
}
RANK, ALPHA = 3, 5
BATCH, LENGTH = 4, 13

STEPS, WARMUP = 20, 3
HIGHEST, FINAL_SHARE = 2e-3, 0.1
DECAY, CLIP_NORM = 0.01, 1.0


def learning_rate(step: int) -> float:
    if step <= WARMUP:
        return HIGHEST * step / WARMUP
    progress = (step - WARMUP) / (STEPS - WARMUP)
    return HIGHEST * (FINAL_SHARE + (1 - FINAL_SHARE) * (1 + math.cos(math.pi * progress)) / 2)


def factors(model, moment: str) -> dict[str, torch.Tensor]:
    state = peft.get_peft_model_state_dict(model)
    return {f"{moment}.{name}": tensor.detach().clone() for name, tensor in state.items()}


def train(name: str, dtype: torch.dtype, start: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Starts from the factors in start, or where it is empty from what PEFT draws."""
    torch.manual_seed(13)
    base = transformers.AutoModelForCausalLM.from_pretrained(MODELS / name, dtype=dtype)
    settings = peft.LoraConfig(
        task_type="CAUSAL_LM", r=RANK, lora_alpha=ALPHA, lora_dropout=0.0, target_modules=TARGETS[name]
    )
    model = peft.get_peft_model(base, settings).eval()
    if start:
        peft.set_peft_model_state_dict(model, start)
    tokens = torch.randint(3, 64, (BATCH, LENGTH))
    told = {"tokens": tokens, **factors(model, "before")}
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(trained, betas=(0.9, 0.999), eps=1e-8, weight_decay=DECAY)
    losses = []
    for step in range(1, STEPS + 1):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step)
        loss = model(input_ids=tokens, labels=tokens).loss
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, CLIP_NORM)
        optimiser.step()
        losses.append(loss.item())
    return {**told, **factors(model, "after"), "losses": torch.tensor(losses)}


def main(directory: Path) -> None:
    torch.set_num_threads(1)
    directory.mkdir(parents=True, exist_ok=True)
    for name in TARGETS:
        told = train(name, torch.float32, {})
        before = "before."
        start = {key.removeprefix(before): told[key] for key in told if key.startswith(before)}
        rounded = train(name, torch.bfloat16, start)
        assert all(torch.equal(told[key], rounded[key]) for key in told if key.startswith(before))
        told |= {key.replace("after", "rounded"): rounded[key] for key in rounded if key.startswith("after")}
        target = directory / f"{name}.safetensors"
        save_file({key: tensor.contiguous() for key, tensor in told.items()}, target)
        moved = max((told[key.replace("after", "before")] - told[key]).abs().max() for key in told if key.startswith("after"))
        print(f"{name}: {target.stat().st_size:,} bytes, loss {told['losses'][0]} to {told['losses'][-1]}, moved {moved}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
