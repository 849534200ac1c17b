"""The side of a trainer: reads a job, says how far it is, and ends as merge-to-mix expects it.

Before anything is imported that might print, standard output becomes that of the errors, and what
is said goes through a descriptor of its own.
"""

import argparse
import json
import os
import sys
import threading
from pathlib import Path

FORMAT = 1
DONE, WRONG, MISSING, AGAIN = 0, 2, 3, 75


class Job:
    """What is to be trained, and where."""

    def __init__(self, text, output):
        self.text = json.loads(text)
        self.output = Path(output)
        self.digest = self.text.get("job")
        self.training = self.text.get("training")

    @property
    def examples(self):
        return Path(self.text["examples"])

    @property
    def base(self):
        return self.text["base"]

    @property
    def lora(self):
        """Rank, alpha and target modules; nothing where all parameters are trained."""
        return self.text.get("lora")

    def finish(self, model, steps, loss):
        """Tells the result, last of all: the folder's name, and the mean loss of the last steps."""
        draft = self.output / "result.json.part"
        result = {"job": self.digest, "model": model, "steps": steps, "loss": loss}
        draft.write_text(json.dumps(result))
        os.replace(draft, self.output / "result.json")


class Voice:
    """Says what happens, a JSON object a line."""

    def __init__(self):
        self.lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)

    def say(self, **message):
        self.lines.write(json.dumps(message) + "\n")
        self.lines.flush()

    def end(self, code, error=""):
        """Ends the process at once, whatever else runs in it."""
        self.say(event="end", code=code, error=error)
        sys.stderr.flush()
        os._exit(code)


def end_with_the_input():
    """Whoever started this is gone when its standard input ends."""

    def listen():
        while os.read(0, 1 << 16):
            pass
        os._exit(3)

    threading.Thread(target=listen, daemon=True).start()


def open_job(versions):
    """The job of the command line and the voice. Does what takes no training, and ends then."""
    voice = Voice()
    parser = argparse.ArgumentParser()
    parser.add_argument("--versions", action="store_true")
    parser.add_argument("--job")
    parser.add_argument("--output")
    arguments = parser.parse_args()
    if arguments.versions:
        voice.say(versions=versions())
        voice.end(DONE)
    if not arguments.job or not arguments.output:
        voice.end(WRONG, "give --job and --output, or --versions")
    end_with_the_input()
    try:
        job = Job(Path(arguments.job).read_text(encoding="utf-8"), arguments.output)
    except FileNotFoundError as missing:
        voice.end(MISSING, str(missing))
    if job.text.get("format") != FORMAT:
        voice.end(WRONG, f"the job has format {job.text.get('format')}, and this reads {FORMAT}")
    result = job.output / "result.json"
    if result.exists():
        if json.loads(result.read_text()).get("job") == job.digest:
            voice.end(DONE)
        voice.end(WRONG, "the folder has the result of another job")
    for needed in (job.examples, Path(job.base)):
        if not needed.exists():
            voice.end(MISSING, f"{needed} is not there")
    return job, voice
