"""A model of transformers, filled from shared memory and asked."""

import math
import os
import time
from importlib import metadata

from merge_to_mix_worker import VERSION

PACKAGES = ("torch", "transformers")


def versions():
    """What decides scores, beside the model."""
    found = {"merge-to-mix-worker": VERSION}
    for package in PACKAGES:
        found[package] = metadata.version(package)
    return found


class Engine:
    """One live model and the tasks that it is asked."""

    def __init__(self, request, progress):
        import torch
        import transformers

        from merge_to_mix_worker.parameters import LiveModel, Parameters, require_whole
        from merge_to_mix_worker.windows import Windows

        progress.step()
        self.torch = torch
        self.progress = progress
        torch.set_num_threads(request["threads"])
        torch.use_deterministic_algorithms(True, warn_only=True)
        if request["device"] == "gpu" and not torch.cuda.is_available():
            raise RuntimeError("a GPU is to be used, but this PyTorch has no CUDA")
        self.device = "cuda" if request["device"] == "gpu" else "cpu"
        folder = request["folder"]
        self.parameters = Parameters(os.path.join(folder, request["surrogate"]))
        self.parameters.require(request["digest"])
        model, told = transformers.AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=getattr(torch, request["dtype"]),
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            output_loading_info=True,
        )
        require_whole(told)
        self.model = model.to(self.device).eval().requires_grad_(False)
        progress.step()
        self.live = LiveModel(self.model, self.parameters)
        differing = self.live.differs()
        if differing:
            raise ValueError(f"the base is not what transformers loads of it: {differing[:20]}")
        self.tasks = {
            name: Windows(os.path.join(folder, task["windows"]), request["batch"])
            for name, task in request["tasks"].items()
        }
        self.surrogate = None

    def evaluate(self, request):
        started = time.perf_counter()
        with self.torch.inference_mode():
            if self.surrogate != request["surrogate"]:
                self.surrogate = None
                self.parameters.require(request["digest"])
                self.live.copy()
                self.surrogate = request["surrogate"]
            copied = time.perf_counter()
            nats = self.tasks[request["task"]].nats(
                self.model, self.device, request["blocks"], self.progress.step
            )
        return {
            "nats": [each if math.isfinite(each) else None for each in nats],
            "times": {"copy": copied - started, "score": time.perf_counter() - copied},
        }
