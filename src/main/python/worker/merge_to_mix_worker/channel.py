"""The protocol: requests in turn, an answer each, and signs of life between them."""

import json
import os
import queue
import threading
import time
import traceback

from merge_to_mix_worker import PROTOCOL
from merge_to_mix_worker.engine import Engine, untested, versions

BEAT_SECONDS = 1
LONGEST_ERROR = 2000


def described(tasks, step):
    """What tasks of lm-eval are; it is needed for nothing else."""
    try:
        from merge_to_mix_worker import harness
    except ImportError as lacking:
        refused = {
            "problem": f"the worker's Python has no lm-eval: {lacking}",
            "remedy": "Install what src/main/python/worker/requirements.txt lists",
        }
        return dict.fromkeys(tasks, refused)
    return harness.described(tasks, step)


class Progress:
    """Counts what was done; whoever waits judges by it whether anything goes on."""

    def __init__(self):
        self.steps = 0

    def step(self):
        self.steps += 1


class Channel:
    """Serves one process. Ends with its input, whatever is being computed."""

    def __init__(self, requests, answers):
        self.requests = requests
        self.answers = answers
        self.lock = threading.Lock()
        self.busy = None
        self.progress = Progress()
        self.engine = None

    def serve(self):
        lines = queue.SimpleQueue()
        threading.Thread(target=self._listen, args=(lines,), daemon=True).start()
        threading.Thread(target=self._beat, daemon=True).start()
        while True:
            request = json.loads(lines.get())
            if request["op"] == "close":
                os._exit(0)
            with self.lock:
                self.busy = request["id"]
            started = time.perf_counter()
            try:
                answer = {"ok": True, **self._answer(request)}
                answer["seconds"] = time.perf_counter() - started
            except Exception as failure:
                traceback.print_exc()
                error = str(failure)[:LONGEST_ERROR]
                answer = {"ok": False, "kind": type(failure).__name__, "error": error}
            with self.lock:
                self.busy = None
                self._write({"id": request["id"], **answer})

    def _answer(self, request):
        operation = request["op"]
        if operation in ("describe", "open") and request.get("protocol") != PROTOCOL:
            raise ValueError(
                f"protocol {request.get('protocol')} is asked for, and this is {PROTOCOL}"
            )
        if operation == "describe":
            answer = {"protocol": PROTOCOL, "versions": versions(), "writes": True}
            answer |= {"factors": True, "warnings": untested()}
            if request.get("tasks"):
                answer["tasks"] = described(request["tasks"], self.progress.step)
            return answer
        if operation == "open":
            self.engine = Engine(request, self.progress)
            # The folder that this was started in goes now.
            os.chdir("/")
            return {"versions": versions(), **self.engine.opened()}
        if operation == "evaluate":
            return self.engine.evaluate(request)
        if operation == "write":
            return self.engine.write(request)
        raise ValueError(f"unknown operation {operation}")

    def _listen(self, lines):
        for line in self.requests:
            lines.put(line)
        os._exit(3)

    def _beat(self):
        while True:
            time.sleep(BEAT_SECONDS)
            # No sign of life may come behind the answer.
            with self.lock:
                if self.busy is not None:
                    steps = self.progress.steps
                    self._write({"event": "alive", "id": self.busy, "steps": steps})

    def _write(self, message):
        self.answers.write(json.dumps(message, allow_nan=False) + "\n")
        self.answers.flush()
