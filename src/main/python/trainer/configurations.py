"""A job in the words of Axolotl or LLaMA-Factory: configurations.py axolotl|llama-factory JOB TO.

Writes TO/config.yaml, and for LLaMA-Factory TO/dataset_info.json. Both read the rows of the job in
its order, which makes the mixture: nothing of it has to be translated into their own shares.
"""

import json
import sys
from pathlib import Path


def common(job):
    asked = job["training"]
    if asked["batch_size"] % asked["micro_batch_size"]:
        raise SystemExit(
            f"micro-batch-size {asked['micro_batch_size']} has to divide batch-size"
            f" {asked['batch_size']}"
        )
    return {
        "gradient_accumulation_steps": asked["batch_size"] // asked["micro_batch_size"],
        "max_steps": asked["steps"],
        "learning_rate": asked["learning_rate"],
        "lr_scheduler_type": "cosine_with_min_lr",
        "lr_scheduler_kwargs": {"min_lr_rate": asked["final_learning_rate_share"]},
        "warmup_steps": min(asked["warmup_steps"], asked["steps"] - 1),
        "weight_decay": asked["weight_decay"],
        "max_grad_norm": asked["clip_norm"],
        "seed": asked["seed"],
        "save_steps": asked["checkpoint_steps"],
        "logging_steps": 1,
        "bf16": asked["precision"] == "bfloat16",
    }


def only_kind(job):
    if len(job["rows"]) != 1:
        raise SystemExit("The mixture has rows of several kinds, which these do not mix")
    return job["rows"][0]


def axolotl(job, output):
    asked = job["training"]
    dataset = {"path": job["examples"], "ds_type": "json"}
    dataset |= {
        "text": {"type": "completion", "field": "text"},
        "messages": {"type": "chat_template", "field_messages": "messages"},
        "completion": {
            "type": {
                "field_instruction": "prompt",
                "field_output": "completion",
                "format": "{instruction}",
                "no_input_format": "{instruction}",
            }
        },
    }[only_kind(job)]
    settings = common(job)
    settings["lr_scheduler"] = settings.pop("lr_scheduler_type")
    settings |= {
        "base_model": job["base"],
        "datasets": [dataset],
        "shuffle_merged_datasets": False,
        "train_on_inputs": False,
        "sample_packing": False,
        "curriculum_sampling": True,
        "sequence_len": asked["max_length"],
        "micro_batch_size": asked["micro_batch_size"],
        "optimizer": "adamw_torch",
        "output_dir": str(output / "model"),
        "save_safetensors": True,
    }
    if job.get("lora"):
        targets = job["lora"]["target_modules"]
        settings |= {"adapter": "lora", "lora_r": job["lora"]["rank"]}
        settings |= {"lora_alpha": job["lora"]["alpha"], "lora_dropout": 0.0}
        settings |= {"lora_target_modules": targets} if targets else {"lora_target_linear": True}
    return settings


def llama_factory(job, output):
    asked = job["training"]
    kind = only_kind(job)
    columns = {
        "text": {"columns": {"prompt": "text"}},
        "completion": {"columns": {"prompt": "prompt", "response": "completion"}},
        "messages": {
            "formatting": "sharegpt",
            "columns": {"messages": "messages"},
            "tags": {
                "role_tag": "role",
                "content_tag": "content",
                "user_tag": "user",
                "assistant_tag": "assistant",
                "system_tag": "system",
            },
        },
    }[kind]
    info = {"mixture": {"file_name": job["examples"], **columns}}
    (output / "dataset_info.json").write_text(json.dumps(info, indent=2) + "\n")
    settings = common(job) | {
        "model_name_or_path": job["base"],
        "stage": "pt" if kind == "text" else "sft",
        "do_train": True,
        "finetuning_type": "lora" if job.get("lora") else "full",
        "dataset": "mixture",
        "dataset_dir": str(output),
        "template": "default",
        "disable_shuffling": True,
        "cutoff_len": asked["max_length"],
        "per_device_train_batch_size": asked["micro_batch_size"],
        "output_dir": str(output / "model"),
    }
    if job.get("lora"):
        targets = job["lora"]["target_modules"]
        settings |= {"lora_rank": job["lora"]["rank"], "lora_alpha": job["lora"]["alpha"]}
        settings |= {"lora_dropout": 0.0, "lora_target": ",".join(targets) or "all"}
    return settings


def main():
    tool, job, to = sys.argv[1:]
    output = Path(to)
    output.mkdir(parents=True, exist_ok=True)
    write = {"axolotl": axolotl, "llama-factory": llama_factory}[tool]
    settings = write(json.loads(Path(job).read_text(encoding="utf-8")), output)
    # JSON is YAML.
    (output / "config.yaml").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
