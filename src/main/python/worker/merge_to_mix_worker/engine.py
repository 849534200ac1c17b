"""A model of transformers, filled from shared memory and asked."""

import math
import os
import time
from importlib import metadata

from merge_to_mix_worker import TESTED, VERSION

PACKAGES = ("torch", "transformers")


def versions():
    """What decides scores, beside the model."""
    found = {"merge-to-mix-worker": VERSION}
    for package in PACKAGES:
        found[package] = metadata.version(package)
    return found


def untested():
    """What is of another version than this was tested with; what is not there is not used."""
    told = []
    for package, tested in TESTED.items():
        try:
            found = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
        if found.split("+")[0] != tested:
            told.append(f"{package} is {found}, and {tested} was tested")
    return told


def times(started, copied):
    return {"copy": copied - started, "score": time.perf_counter() - copied}


def finite(numbers):
    """Nothing in place of what is no number, as JSON has it."""
    return [each if math.isfinite(each) else None for each in numbers]


class Engine:
    """One live model and the tasks that it is asked."""

    def __init__(self, request, progress):
        import torch
        import transformers

        from merge_to_mix_worker.factors import Factors
        from merge_to_mix_worker.parameters import LiveModel, Parameters, require_whole
        from merge_to_mix_worker.windows import Windows
        from merge_to_mix_worker.writer import Writer

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
        self.windows = {
            name: Windows(os.path.join(folder, task["windows"]), request["batch"])
            for name, task in request["tasks"].items()
            if "windows" in task
        }
        asked = {name: task for name, task in request["tasks"].items() if "lm-eval" in task}
        self.harness = self._harness(folder, request["batch"], asked) if asked else None
        self.writer = Writer(self.model, self.device)
        given = request.get("factors")
        self.factors = given and Factors(folder, given, self.parameters.views, self.device)
        self.surrogate = None
        self.scalars = {}

    def _harness(self, folder, batch, asked):
        import transformers

        from merge_to_mix_worker.harness import Harness, HarnessModel

        tokenizer = transformers.AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
        context = next(iter(asked.values())).get("context")
        model = HarnessModel(self.model, tokenizer, batch, context, self.progress.step)
        return Harness(model, asked, self.progress.step)

    def opened(self):
        """What was taken of the base and of the experts."""
        addends = self.factors.count if self.factors else 0
        return {"tensors": self.parameters.tensors, "addends": addends}

    def evaluate(self, request):
        started = time.perf_counter()
        with self.torch.inference_mode():
            self._take(request)
            copied = time.perf_counter()
            task, blocks = request["task"], request["blocks"]
            if task in self.windows:
                nats = self.windows[task].nats(
                    self.model, self.device, blocks, self.progress.step
                )
                answer = {"nats": finite(nats)}
            else:
                scores = self.harness.scores(task, blocks)
                answer = {"measures": {name: finite(each) for name, each in scores.items()}}
        answer["times"] = times(started, copied)
        return answer

    def write(self, request):
        started = time.perf_counter()
        with self.torch.inference_mode():
            self._take(request)
            copied = time.perf_counter()
            written = self.writer(request, self.progress.step)
        return {"written": written, "times": times(started, copied)}

    def _take(self, request):
        """Makes the model the surrogate that is asked for."""
        if self.surrogate != request["surrogate"]:
            self.surrogate = None
            self.parameters.require(request["digest"])
            self.live.copy()
            self.surrogate = request["surrogate"]
            self.scalars = {}
        scalars = request.get("scalars", {})
        if self.scalars != scalars:
            self.scalars = None
            self.live.replace(self.factors.surrogate(scalars, self.progress.step))
            self.scalars = scalars
