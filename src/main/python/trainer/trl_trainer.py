"""Trains with TRL's SFTTrainer, all parameters or LoRA: training.command = [python, this file].

Rows are seen in their order, so that the shares of a mixture are those of the job. What is trained
on is TRL's matter: of texts all, with the token that ends one; of prompts with completions the
completion; of conversations what the assistant wrote. One process; of several GPUs that it sees it
uses all.
"""

import hashlib
import json
import math
import os
import shutil
import signal
import sys
from importlib import metadata
from pathlib import Path

from job import AGAIN, DONE, WRONG, open_job

PACKAGES = ["trl", "torch", "transformers", "peft", "accelerate", "datasets", "tokenizers"]


def versions():
    """Of everything that decides what is trained; without importing any of it."""
    found = {name: metadata.version(name) for name in PACKAGES}
    found["python"] = ".".join(str(part) for part in sys.version_info[:3])
    digest = hashlib.sha256(Path(__file__).read_bytes())
    digest.update(Path(__file__).with_name("job.py").read_bytes())
    found["trl_trainer"] = digest.hexdigest()[:16]
    return found


def rows(job, voice):
    """The rows as TRL has them: of one kind, and all of them with the same columns."""
    if len(job.text["rows"]) != 1:
        kinds = " and ".join(job.text["rows"])
        voice.end(WRONG, f"the mixture has rows with {kinds}, and TRL takes one kind")
    with job.examples.open(encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    if job.text["rows"] == ["messages"]:
        turns = [[turn["role"] == "assistant" for turn in row["messages"]] for row in found]
        # A template needs no marks for what comes last.
        if all(sum(each) == 1 and each[-1] for each in turns):
            found = [
                {"prompt": row["messages"][:-1], "completion": row["messages"][-1:]}
                for row in found
            ]
    return found


def last_checkpoint(folder):
    """The newest that is whole: what a kill left of another is removed."""
    whole = []
    for each in folder.glob("checkpoint-*"):
        # It is written last.
        state = each / "trainer_state.json"
        try:
            json.loads(state.read_text())
            whole.append(each)
        except (FileNotFoundError, json.JSONDecodeError):
            shutil.rmtree(each)
    return max(whole, key=lambda each: int(each.name.split("-")[1]), default=None)


def main():
    for key in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE"):
        os.environ.setdefault(key, "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    job, voice = open_job(versions)

    import torch
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
    from trl import SFTConfig, SFTTrainer

    class Told(TrainerCallback):
        stopping = False

        def on_log(self, args, state, control, logs=None, **others):
            if logs and "loss" in logs:
                loss = float(logs["loss"])
                if not math.isfinite(loss):
                    voice.end(
                        WRONG,
                        f"the loss is no longer a number at step {state.global_step}:"
                        " lower training.learning-rate, or raise training.warmup-steps",
                    )
                voice.say(event="step", step=state.global_step, of=state.max_steps, loss=loss)

        def on_step_end(self, args, state, control, **others):
            if self.stopping:
                control.should_save = control.should_training_stop = True
            return control

    told = Told()
    signal.signal(signal.SIGTERM, lambda *_: setattr(told, "stopping", True))
    voice.say(event="start", job=job.digest)
    asked = job.training
    found = rows(job, voice)
    halves = asked["precision"] == "bfloat16"
    if os.environ.get("CUDA_VISIBLE_DEVICES") and not torch.cuda.is_available():
        voice.end(
            WRONG,
            f"CUDA_VISIBLE_DEVICES is {os.environ['CUDA_VISIBLE_DEVICES']}, but torch has no CUDA",
        )
    gpus = max(1, torch.cuda.device_count())
    if asked["micro_batch_size"] % gpus or asked["batch_size"] % asked["micro_batch_size"]:
        voice.end(
            WRONG,
            f"micro-batch-size {asked['micro_batch_size']} has to divide batch-size"
            f" {asked['batch_size']}, and to be a multiple of the GPUs, which are {gpus}",
        )
    checkpoints = job.output / "checkpoints"
    arguments = SFTConfig(
        output_dir=str(checkpoints),
        max_steps=asked["steps"],
        per_device_train_batch_size=asked["micro_batch_size"] // gpus,
        gradient_accumulation_steps=asked["batch_size"] // asked["micro_batch_size"],
        learning_rate=asked["learning_rate"],
        lr_scheduler_type="cosine_with_min_lr",
        lr_scheduler_kwargs={"min_lr_rate": asked["final_learning_rate_share"]},
        warmup_steps=min(asked["warmup_steps"], asked["steps"] - 1),
        weight_decay=asked["weight_decay"],
        max_grad_norm=asked["clip_norm"],
        optim="adamw_torch",
        seed=asked["seed"] % 2**32,
        max_length=asked["max_length"],
        train_sampling_strategy="sequential",
        shuffle_dataset=False,
        packing=False,
        assistant_only_loss="messages" in found[0],
        bf16=halves,
        gradient_checkpointing=torch.cuda.is_available(),
        logging_steps=1,
        save_strategy="steps",
        save_steps=asked["checkpoint_steps"],
        save_total_limit=1,
        use_cpu=not torch.cuda.is_available(),
        disable_tqdm=True,
        report_to=[],
    )
    own = {"trust_remote_code": False, "local_files_only": True}
    model = AutoModelForCausalLM.from_pretrained(
        job.base,
        dtype=torch.bfloat16 if halves else torch.float32,
        use_safetensors=True,
        **own,
    )
    adapter = None
    if job.lora:
        adapter = LoraConfig(
            task_type="CAUSAL_LM",
            r=job.lora["rank"],
            lora_alpha=job.lora["alpha"],
            target_modules=job.lora["target_modules"] or "all-linear",
        )
    trainer = SFTTrainer(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_list(found),
        processing_class=AutoTokenizer.from_pretrained(job.base, **own),
        peft_config=adapter,
        callbacks=[told],
    )
    resumed = last_checkpoint(checkpoints)
    if resumed:
        voice.say(event="resume", step=int(resumed.name.split("-")[1]))
    trainer.train(resume_from_checkpoint=str(resumed) if resumed else None)
    state = trainer.state
    if told.stopping and state.global_step < asked["steps"]:
        voice.end(AGAIN, f"stopped at step {state.global_step}")
    draft = job.output / "model.part"
    shutil.rmtree(draft, ignore_errors=True)
    trainer.save_model(str(draft))
    shutil.rmtree(job.output / "model", ignore_errors=True)
    os.replace(draft, job.output / "model")
    losses = [entry["loss"] for entry in state.log_history if "loss" in entry]
    tail = losses[-max(1, len(losses) // 10) :]
    job.finish("model", state.global_step, sum(tail) / len(tail))
    voice.end(DONE)


if __name__ == "__main__":
    main()
