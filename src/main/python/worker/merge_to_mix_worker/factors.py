"""What experts add to the base: held once, and multiplied by other numbers for each surrogate."""

import json
import os

import torch

from merge_to_mix_worker.parameters import Parameters

EXACT = (torch.float32, torch.float64)


class Addend:
    """What an expert adds to a part of a tensor: a product of two matrices, or elements."""

    def __init__(self, line, tensors):
        self.expert = line["expert"]
        self.scale = line["scale"]
        self.first = line.get("first", 0)
        self.elements = tensors[line["elements"]] if "elements" in line else None
        if self.elements is None:
            self.left = tensors[line["left"]].t()
            self.right = tensors[line["right"]]
            self.shape = (self.left.shape[0], self.right.shape[1])

    def add(self, total, scalar):
        """Adds itself to all elements of a tensor, in their order."""
        factor = scalar * self.scale
        if self.elements is not None:
            total.add_(self.elements, alpha=factor)
        else:
            count = self.shape[0] * self.shape[1]
            part = total[self.first : self.first + count].view(self.shape)
            part.addmm_(self.left, self.right, alpha=factor)


class Factors:
    """The addends of all experts, by tensor, in the order of the experts."""

    def __init__(self, folder, given, views, device):
        read = Parameters(os.path.join(folder, given["tensors"])).views
        tensors = {name: view.to(device) for name, view in read.items()}
        self.device = device
        self.views = views
        self.of_tensor = {}
        self.count = 0
        with open(os.path.join(folder, given["addends"]), encoding="utf-8") as lines:
            for line in map(json.loads, lines):
                if line["tensor"] not in views:
                    raise ValueError(f"something is added to {line['tensor']}, which is not there")
                self.of_tensor.setdefault(line["tensor"], []).append(Addend(line, tensors))
                self.count += 1

    def surrogate(self, scalars, step):
        """
        Each tensor that any expert adds something to, with its name, for as long as it is looked
        at: the base's plus the addends times the experts' scalars, in float32, rounded once to the
        base's type. It is made of the base each time, so that what was before leaves no trace.
        """
        for name, addends in self.of_tensor.items():
            base = self.views[name]
            total = base.to(self.device, torch.float32, copy=True)
            for addend in addends:
                if addend.expert in scalars:
                    addend.add(total.view(-1), scalars[addend.expert])
            yield name, rounded(name, total, base.dtype)
            step()


def rounded(name, total, dtype):
    found = total.to(dtype)
    # What is no number in the base or an expert makes a score that is none, which is told.
    if dtype not in EXACT and not torch.equal(torch.isfinite(found), torch.isfinite(total)):
        raise OverflowError(
            f"the merge of {name} has numbers that are too large for {dtype}: store the base as"
            " bfloat16 or float32, or lower merge.lambda"
        )
    return found
