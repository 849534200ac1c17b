"""Writes the graphs of all families: one TorchScript file each, without weights.

Run with the packages in requirements.txt beside this (without the hash seed, constants change places):

    PYTHONHASHSEED=0 python src/main/python/families/write.py src/main/resources/org/mergetomix/model
"""

import io
import sys
import zipfile
from pathlib import Path

import torch

from gpt2 import Gpt2
from gpt_neox import GptNeoX
from llama import Llama
from shared import Graph

FAMILIES = {"llama": Llama, "gpt2": Gpt2, "gpt_neox": GptNeoX}


def save(graph: Graph, target: Path) -> None:
    """Leaves out where the code came from and when, so the bytes are always the same."""
    content = io.BytesIO()
    torch.jit.save(torch.jit.script(graph), content)
    with zipfile.ZipFile(content) as whole, zipfile.ZipFile(target, "w") as stripped:
        for entry in whole.infolist():
            if not entry.filename.endswith((".debug_pkl", "serialization_id")):
                stripped.writestr(zipfile.ZipInfo(entry.filename), whole.read(entry))


def main(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for name, family in FAMILIES.items():
        target = directory / f"{name}.pt"
        save(family(), target)
        print(f"{target}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
