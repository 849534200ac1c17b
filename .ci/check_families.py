"""Makes again what only Python makes for the model families, and compares it with what is committed.

Run with the packages in requirements-models.txt.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import checks

ROOT = Path(__file__).resolve().parent.parent
TEST_RESOURCES = ROOT / "src/test/resources/org/mergetomix"
sys.path.insert(0, str(ROOT / "src/test/python"))


def made_anew(script: str, committed: Path) -> None:
    """Runs a script that writes into a directory; the files must be those that are committed."""
    with tempfile.TemporaryDirectory() as directory:
        command = [sys.executable, script, directory]
        # Without the hash seed, constants in a graph change places.
        subprocess.run(command, check=True, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": "0"})
        made = [path for path in Path(directory).rglob("*") if path.is_file()]
        assert made, "nothing was made"
        for path in made:
            name = path.relative_to(directory)
            assert path.read_bytes() == (committed / name).read_bytes(), f"{name} differs"


def check_graphs_are_what_their_scripts_write():
    made_anew("src/main/python/families/write.py", ROOT / "src/main/resources/org/mergetomix/model")


def check_tokenizers_are_what_the_package_tokenizers_says():
    made_anew("src/test/python/tokenizer_reference.py", TEST_RESOURCES / "model/tokenizers")


def check_models_are_what_transformers_makes_of_them():
    import family_models

    wrong = family_models.check(TEST_RESOURCES / "family")
    assert not wrong, wrong


if __name__ == "__main__":
    sys.exit(checks.run(sys.modules[__name__]))
