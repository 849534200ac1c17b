"""Tests of the worker alone: python -m unittest discover -s tests, with this folder as PYTHONPATH."""

import json
import math
import os
import select
import signal
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path

import torch
import transformers
from merge_to_mix_worker import TESTED
from merge_to_mix_worker.engine import Engine, untested
from merge_to_mix_worker.parameters import ROW, digest
from merge_to_mix_worker.windows import Windows, surprise
from safetensors.torch import load_file, save_file

TOKENS = [[1, 5, 7, 9, 2], [1, 5, 7], [1, 8, 8, 8], [3, 4]]
ASKED = [[[1, 5]], [[2, 3]], [[1, 2], [3, 4]], [[1, 2]]]


class Steps:
    def step(self):
        pass


def config(kind=transformers.LlamaConfig, **more):
    sizes = {
        "vocab_size": 64,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "max_position_embeddings": 64,
    }
    return kind(**(sizes | more))


def save(folder, settings, drop=()):
    torch.manual_seed(0)
    model = transformers.AutoModelForCausalLM.from_config(settings)
    model.save_pretrained(folder)
    if drop:
        kept = load_file(folder / "model.safetensors")
        save_file({k: v for k, v in kept.items() if k not in drop}, folder / "model.safetensors")
    with open(folder / "windows.jsonl", "w", encoding="utf-8") as lines:
        for example, (tokens, asked) in enumerate(zip(TOKENS, ASKED, strict=True)):
            lines.write(json.dumps({"example": example, "tokens": tokens, "asked": asked}) + "\n")
    return model


def opening(folder, **more):
    raw = (folder / "model.safetensors").read_bytes()
    body = memoryview(bytearray(raw[8 + int.from_bytes(raw[:8], "little") :]))
    request = {
        "id": 1,
        "op": "open",
        "protocol": 1,
        "folder": str(folder),
        "surrogate": "model.safetensors",
        "digest": digest(body),
        "batch": 3,
        "dtype": "float32",
        "device": "cpu",
        "threads": 1,
        "tasks": {"search/task": {"windows": "windows.jsonl"}},
    }
    return request | more


def evaluation(engine, number, **more):
    request = {
        "surrogate": number,
        "digest": digest(engine.parameters.body),
        "task": "search/task",
        "blocks": [[0, 4]],
    }
    return engine.evaluate(request | more)["nats"]


def plainly(model, tokens, asked):
    with torch.inference_mode():
        logits = model(torch.tensor([tokens[:-1]])).logits[0]
    likely = torch.log_softmax(logits.float(), -1)
    places = [place for each in asked for place in range(*each)]
    return -sum(float(likely[place - 1, tokens[place]]) for place in places)


class InAFolder(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = Path(place.name)


class VersionsTest(unittest.TestCase):
    def test_are_those_that_the_requirements_pin(self):
        lines = (Path(__file__).parent.parent / "requirements.txt").read_text().splitlines()
        pinned = dict(line.split("==") for line in lines if "==" in line and line[0] != "#")
        self.assertEqual(TESTED, pinned)
        self.assertEqual(untested(), [])

    def test_are_told_where_they_are_others(self):
        with unittest.mock.patch.dict(TESTED, {"torch": "1.0"}):
            self.assertRegex(untested()[0], "torch is .*, and 1.0 was tested")


class DigestTest(unittest.TestCase):
    def test_is_that_of_the_java_side(self):
        body = bytearray((i * 7 + i // ROW) & 255 for i in range(2 * ROW + 10))
        self.assertEqual(digest(memoryview(body)), "f9dec3a88d43592c")


class EngineTest(InAFolder):
    def test_scores_as_a_plain_reading_does_and_the_same_after_others(self):
        kinds = [
            config(tie_word_embeddings=True),
            config(tie_word_embeddings=False),
            config(transformers.MixtralConfig, num_local_experts=4),
        ]
        for settings in kinds:
            with self.subTest(settings.model_type, tied=settings.tie_word_embeddings):
                folder = self.folder / f"{settings.model_type}-{settings.tie_word_embeddings}"
                model = save(folder, settings).eval()
                engine = Engine(opening(folder), Steps())
                base = evaluation(engine, 1)
                for found, tokens, asked in zip(base, TOKENS, ASKED, strict=True):
                    self.assertAlmostEqual(found, plainly(model, tokens, asked), places=4)

                before = {name: view.clone() for name, view in engine.parameters.views.items()}
                for view in engine.parameters.views.values():
                    view.mul_(1.25)
                other = evaluation(engine, 2)
                for name, view in engine.parameters.views.items():
                    view.copy_(before[name])

                self.assertEqual(evaluation(engine, 3), base)
                self.assertTrue(all(a != b for a, b in zip(base, other, strict=True)))

    def test_scores_a_block_the_same_whatever_else_is_asked(self):
        save(self.folder, config())
        engine = Engine(opening(self.folder), Steps())
        both = evaluation(engine, 1, blocks=[[0, 2], [2, 4]])
        self.assertEqual(evaluation(engine, 1, blocks=[[2, 4]]), both[2:])
        self.assertEqual(evaluation(engine, 1, blocks=[[0, 2]]), both[:2])

    def test_says_nothing_in_place_of_what_is_no_number(self):
        save(self.folder, config())
        engine = Engine(opening(self.folder), Steps())
        for view in engine.parameters.views.values():
            view.fill_(math.nan)
        self.assertEqual(evaluation(engine, 2), [None] * 4)

    def test_refuses_a_body_that_is_torn(self):
        save(self.folder, config())
        engine = Engine(opening(self.folder), Steps())
        right = digest(engine.parameters.body)
        next(iter(engine.parameters.views.values())).view(-1)[0] += 1
        with self.assertRaisesRegex(ValueError, "have the digest .* written were"):
            evaluation(engine, 2, digest=right)

    def test_refuses_tensors_that_are_not_the_models(self):
        save(self.folder, config(), drop=["model.norm.weight"])
        with self.assertRaisesRegex(ValueError, "model.norm.weight"):
            Engine(opening(self.folder), Steps())

    def test_refuses_a_gpu_where_there_is_none(self):
        if torch.cuda.is_available():
            self.skipTest("there is one")
        save(self.folder, config())
        with self.assertRaisesRegex(RuntimeError, "no CUDA"):
            Engine(opening(self.folder, device="gpu"), Steps())


class WriterTest(InAFolder):
    def test_writes_the_same_alone_and_beside_longer_beginnings(self):
        save(self.folder, config())
        engine = Engine(opening(self.folder), Steps())
        begun = [[5, 6, 7], [9, 8, 7, 6, 5, 4], [3]]
        request = {"surrogate": 1, "digest": digest(engine.parameters.body), "begun": begun}
        request |= {"endings": [], "padding": 1, "most": 6}
        together = engine.write(request)["written"]
        for row, alone in zip(together, begun, strict=True):
            self.assertEqual(engine.write(request | {"begun": [alone]})["written"], [row])
            self.assertEqual(len(row), 6)
        ended = engine.write(request | {"endings": [together[0][2]]})["written"]
        self.assertEqual(ended[0], together[0][: together[0].index(together[0][2]) + 1])

    def test_writes_nothing_where_there_is_no_number(self):
        save(self.folder, config())
        engine = Engine(opening(self.folder), Steps())
        for view in engine.parameters.views.values():
            view.fill_(math.nan)
        request = {"surrogate": 2, "digest": digest(engine.parameters.body), "begun": [[5], [6, 7]]}
        request |= {"endings": [2], "padding": 2, "most": 3}
        self.assertEqual(engine.write(request)["written"], [None, None])


class SurpriseTest(unittest.TestCase):
    def test_is_exact_to_a_few_parts_in_a_hundred_million(self):
        torch.manual_seed(0)
        logits = 8 * torch.randn(50, 4000)
        targets = torch.randint(0, 4000, (50,))
        exact = torch.nn.functional.cross_entropy(logits.double(), targets, reduction="none")
        found = surprise(logits, targets)
        self.assertLess(float((found - exact).abs().max()), 1e-7)
        self.assertTrue(torch.isnan(surprise(torch.full((1, 4), math.nan), torch.tensor([0]))))


class WindowsTest(InAFolder):
    def test_batches_neighbours_in_length_and_no_more_than_are_wanted(self):
        save(self.folder, config())
        windows = Windows(self.folder / "windows.jsonl", 2)
        self.assertEqual(windows.batches(0, 4), [[3, 1], [2, 0]])
        self.assertEqual(windows.batches(1, 3), [[1, 2]])


class ProcessTest(InAFolder):
    def start(self, *program, errors=subprocess.DEVNULL):
        process = subprocess.Popen(
            [sys.executable, *(program or ("-m", "merge_to_mix_worker"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def ask(self, process, request):
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        while True:
            answer = json.loads(process.stdout.readline())
            if "event" not in answer:
                return answer

    def test_answers_in_turn_and_ends_with_its_input(self):
        save(self.folder, config())
        process = self.start()
        described = self.ask(process, {"id": 1, "op": "describe", "protocol": 1})
        self.assertEqual(described["versions"]["torch"], torch.__version__.split("+")[0])
        refused = self.ask(process, {"id": 2, "op": "describe", "protocol": 2})
        self.assertIn("protocol 2 is asked for", refused["error"])
        opened = self.ask(process, opening(self.folder, id=3))
        self.assertEqual(opened["tensors"], len(load_file(self.folder / "model.safetensors")))
        (self.folder / "model.safetensors").unlink()
        request = {"id": 4, "op": "evaluate", "surrogate": 1, "task": "search/task"}
        request["digest"] = "0"
        failed = self.ask(process, request | {"blocks": [[0, 4]]})
        self.assertFalse(failed["ok"])
        process.stdin.close()
        self.assertEqual(process.wait(5), 3)

    def test_keeps_what_others_print_out_of_its_answers(self):
        noisy = self.folder / "noisy.py"
        noisy.write_text(
            "import os, sys\n"
            "sys.argv = ['worker']\n"
            "from merge_to_mix_worker import channel, __main__\n"
            "def versions():\n"
            "    print('a library prints', flush=True)\n"
            "    os.write(1, b'and native code')\n"
            "    os.system('echo and a child')\n"
            "    return {'one': '1'}\n"
            "channel.versions = versions\n"
            "__main__.main()\n"
        )
        process = self.start(str(noisy), errors=subprocess.PIPE)
        described = self.ask(process, {"id": 1, "op": "describe", "protocol": 1})
        self.assertEqual(described["versions"], {"one": "1"})
        _, errors = process.communicate()
        for said in ("a library prints", "and native code", "and a child"):
            self.assertIn(said, errors)

    def test_ends_when_whoever_started_it_is_killed(self):
        starter = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "import subprocess, sys\n"
                "command = [sys.executable, '-m', 'merge_to_mix_worker']\n"
                "worker = subprocess.Popen(command, stdin=subprocess.PIPE)\n"
                "print(worker.pid, flush=True)\n"
                "worker.wait()\n",
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(starter.stdout.close)
        worker = int(starter.stdout.readline())
        handle = os.pidfd_open(worker)
        self.addCleanup(os.close, handle)
        starter.send_signal(signal.SIGKILL)
        starter.wait()
        self.assertTrue(select.select([handle], [], [], 20)[0], "it lives on")


if __name__ == "__main__":
    unittest.main()
