"""A worker in another style: runs a command on a folder for each surrogate, and reads what it says.

    worker.command = [python3, /opt/score_once.py, /opt/score]

/opt/score FOLDER TASK.jsonl prints a number a window, on a line of its own: minus the log-likelihood
of what it asks for. Each line is a sign that it goes on.
"""

import hashlib
import json
import os
import queue
import subprocess
import sys
import threading

COMMAND = sys.argv[1:]
with open(COMMAND[0], "rb") as program:
    DIGEST = hashlib.sha256(program.read()).hexdigest()
VERSIONS = {"score-once": "2", "command": " ".join(COMMAND), "program": DIGEST}
RUNNING = []


def listen(requests):
    for line in sys.stdin:
        requests.put(json.loads(line))
    for child in RUNNING:
        child.kill()
    os._exit(3)


def say(message):
    print(json.dumps(message), flush=True)


def scores(request, folder, windows):
    child = subprocess.Popen([*COMMAND, folder, windows], stdout=subprocess.PIPE, text=True)
    RUNNING[:] = [child]
    numbers = []
    for line in child.stdout:
        numbers.append(float(line))
        if len(numbers) % 100 == 0:
            say({"event": "alive", "id": request["id"], "steps": len(numbers)})
    if child.wait() != 0:
        raise RuntimeError(f"{COMMAND[0]} ended with {child.returncode}")
    with open(windows, encoding="utf-8") as lines:
        examples = [json.loads(line)["example"] for line in lines]
    asked = request["blocks"]
    pairs = zip(examples, numbers, strict=True)
    return [nats for example, nats in pairs if any(a <= example < b for a, b in asked)]


def header(path):
    with open(path, "rb") as file:
        return json.loads(file.read(int.from_bytes(file.read(8), "little")))


incoming = queue.SimpleQueue()
threading.Thread(target=listen, args=(incoming,), daemon=True).start()
opened = {}
while (request := incoming.get())["op"] != "close":
    answer = {"id": request["id"], "ok": True, "versions": VERSIONS}
    try:
        if request.get("protocol", 1) != 1:
            raise ValueError("this is of protocol 1")
        if request["op"] == "open":
            opened = request
            surrogate = os.path.join(opened["folder"], opened["surrogate"])
            names = header(surrogate).keys() - {"__metadata__"}
            answer |= {"tensors": len(names), "keep": True}
        if request["op"] == "evaluate":
            file = os.path.join(opened["folder"], opened["tasks"][request["task"]]["windows"])
            answer["nats"] = scores(request, opened["folder"], file)
    except Exception as failure:
        answer = {"id": request["id"], "ok": False, "kind": type(failure).__name__, "error": str(failure)}
    say(answer)
