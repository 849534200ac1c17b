"""A surrogate in shared memory, and the way from there into a live model."""

import json
import mmap
import os

import torch

ROW = 4096
KINDS = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
}
MOST_TOLD = 20


def digest(body):
    """As merge-to-mix has it: rows of 4096 bytes, row i counts 2i + 1 times, modulo 2^64."""
    whole = len(body) // ROW
    total = 0
    if whole:
        words = torch.frombuffer(body, dtype=torch.int64, count=whole * ROW // 8)
        rows = words.view(whole, ROW // 8).sum(1)
        total = int((rows * (2 * torch.arange(whole) + 1)).sum())
    rest = bytes(body[whole * ROW :])
    if rest:
        rest = rest.ljust(ROW, b"\0")
        words = (int.from_bytes(rest[i : i + 8], "little") for i in range(0, ROW, 8))
        total += (2 * whole + 1) * sum(words)
    return f"{total % 2**64:016x}"


class Parameters:
    """The tensors of a safetensors file that another process overwrites in place."""

    def __init__(self, path):
        descriptor = os.open(path, os.O_RDWR)
        try:
            # Nothing is written; but torch warns of memory that cannot be.
            memory = mmap.mmap(descriptor, 0)
        finally:
            os.close(descriptor)
        begin = 8 + int.from_bytes(memory[:8], "little")
        header = json.loads(memory[8:begin])
        header.pop("__metadata__", None)
        self.body = memoryview(memory)[begin:]
        self.views = {name: self._view(spec) for name, spec in header.items()}
        self.tensors = len(self.views)

    def _view(self, spec):
        first, end = spec["data_offsets"]
        kind = KINDS[spec["dtype"]]
        if first == end:
            return torch.empty(spec["shape"], dtype=kind)
        return torch.frombuffer(
            self.body, dtype=kind, offset=first, count=(end - first) // kind.itemsize
        ).view(spec["shape"])

    def require(self, wanted):
        found = digest(self.body)
        if found != wanted:
            raise ValueError(f"the parameters have the digest {found}, written were {wanted}")


class LiveModel:
    """A model of transformers whose parameters are overwritten.

    Where the file names every tensor as the model does, they are copied. Where transformers renames
    or fuses tensors on loading, each surrogate goes through that again.
    """

    def __init__(self, model, parameters):
        self.model = model
        self.parameters = parameters
        state = model.state_dict(keep_vars=True)
        views = parameters.views
        alike = all(
            name in state and state[name].shape == view.shape for name, view in views.items()
        )
        self.direct = alike and not getattr(model, "_weight_conversions", None)
        if self.direct:
            places = {}
            for name in (name for name, view in views.items() if view.numel()):
                places.setdefault(state[name].data_ptr(), []).append(name)
            several = [names for names in places.values() if len(names) > 1]
            if several:
                raise ValueError(f"tensors that are one in the model: {several[:MOST_TOLD]}")

    def copy(self):
        for target, source in self._pairs():
            target.copy_(source)

    def replace(self, tensors):
        """Overwrites some tensors, which are pairs of name and contents; others are the file's."""
        if self.direct:
            state = self.model.state_dict()
            for name, tensor in tensors:
                state[name].copy_(tensor)
        else:
            # Off the device, where one at a time has room.
            others = {name: tensor.cpu() for name, tensor in tensors}
            for target, source in self._converted(others):
                target.copy_(source)

    def differs(self):
        """The names of tensors that are not what the file says."""
        return [
            name
            for name, (target, source) in zip(self._names(), self._pairs(), strict=True)
            if not torch.equal(target, source.to(target.device, target.dtype))
        ]

    def _names(self):
        return list(self.parameters.views if self.direct else self.model.state_dict())

    def _pairs(self):
        if self.direct:
            state = self.model.state_dict()
            return [(state[name], view) for name, view in self.parameters.views.items()]
        return self._converted({})

    def _converted(self, others):
        """Pairs of tensors of the live model and of one that is loaded, with some others in it."""
        state = self.model.state_dict()
        # A copy: what need not be converted would be taken as it lies there.
        given = {
            name: others[name] if name in others else view.clone()
            for name, view in self.parameters.views.items()
        }
        other, told = type(self.model).from_pretrained(
            None,
            config=self.model.config,
            state_dict=given,
            dtype=self.model.dtype,
            output_loading_info=True,
        )
        require_whole(told)
        loaded = other.state_dict()
        return [(target, loaded[name]) for name, target in state.items()]


def require_whole(told):
    """What transformers says of a loading must be nothing."""
    wrong = {key: sorted(map(str, what))[:MOST_TOLD] for key, what in told.items() if what}
    if wrong:
        raise ValueError(f"the tensors are not the model's: {wrong}")
