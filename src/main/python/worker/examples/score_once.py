"""A worker in another style: runs a command on a folder for each surrogate, and reads what it says.

    worker.command = [python3, /opt/score_once.py, /opt/score]

/opt/score FOLDER TASK.jsonl prints a number a window: minus the log-likelihood of what it asks for.
"""

import json
import os
import subprocess
import sys

COMMAND = sys.argv[1:]
VERSIONS = {"score-once": "1", "command": os.path.basename(COMMAND[0])}


def scores(folder, windows, blocks):
    ran = subprocess.run([*COMMAND, folder, windows], capture_output=True, text=True, check=True)
    with open(windows, encoding="utf-8") as lines:
        examples = [json.loads(line)["example"] for line in lines]
    numbers = zip(examples, map(float, ran.stdout.split()), strict=True)
    return [nats for example, nats in numbers if any(a <= example < b for a, b in blocks)]


def header(path):
    with open(path, "rb") as file:
        return json.loads(file.read(int.from_bytes(file.read(8), "little")))


folder, tasks = "", {}
for line in sys.stdin:
    request = json.loads(line)
    answer = {"id": request.get("id"), "ok": True, "versions": VERSIONS}
    if request["op"] == "close":
        break
    if request["op"] == "open":
        folder, tasks = request["folder"], request["tasks"]
        names = header(os.path.join(folder, request["surrogate"])).keys() - {"__metadata__"}
        answer |= {"tensors": len(names), "keep": True}
    if request["op"] == "evaluate":
        windows = os.path.join(folder, tasks[request["task"]]["windows"])
        answer["nats"] = scores(folder, windows, request["blocks"])
    print(json.dumps(answer), flush=True)
