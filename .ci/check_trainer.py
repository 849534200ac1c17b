"""Experts and mixtures that TRL trains, and an MLflow server that is told of the search.

A small Llama with a BPE tokenizer trained here is fine-tuned through trl_trainer.py: killed half-way
with its JVM, begun again, and undisturbed. Run with the packages in requirements-models.txt;
environment: CI_SPARK_BIN, where PySpark is installed, CI_JAR, the jar for spark-submit, and
CI_MLFLOW, MLflow's command.
"""

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import checks
import tokenizers
import torch
import transformers as hf

REPOSITORY = Path(__file__).resolve().parent.parent
TRAINER = REPOSITORY / "src/main/python/trainer"
ROOT = Path(tempfile.mkdtemp(prefix="trainer-"))
STEPS = 8
FOUND = {}


def make():
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=512,
        special_tokens=["<s>", "</s>"],
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train([str(REPOSITORY / "CONTRIBUTING.md")], trainer)
    hf.set_seed(3)
    model = hf.LlamaForCausalLM(
        hf.LlamaConfig(
            vocab_size=512,
            hidden_size=64,
            intermediate_size=160,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=64,
            tie_word_embeddings=True,
            bos_token_id=0,
            eos_token_id=1,
        )
    )
    model.save_pretrained(ROOT / "base")
    # An expert that was brought: each start of TRL takes its time.
    with torch.no_grad():
        model.model.norm.weight.mul_(1.01)
    model.save_pretrained(ROOT / "disturbed/two")
    hf.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>"
    ).save_pretrained(ROOT / "base")
    prose = [line for line in (REPOSITORY / "README.md").read_text().splitlines() if len(line) > 40]
    for name, chosen in {"one": prose[0:20], "two": prose[20:40], "task": prose[40:60]}.items():
        rows = [{"prompt": line[:10], "completion": line[10:90]} for line in chosen]
        (ROOT / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    trainer = ROOT / "trainer.sh"
    trainer.write_text(
        "#!/bin/bash\n"
        "set -o pipefail\n"
        f"'{sys.executable}' '{TRAINER / 'trl_trainer.py'}' \"$@\" | tee -a '{ROOT / 'told.jsonl'}'\n"
    )
    trainer.chmod(0o700)
    for manifest in ("disturbed", "undisturbed"):
        (ROOT / f"{manifest}.conf").write_text(
            "base { checkpoint = base }\n"
            "datasets = [\n"
            f"  {{ id = one, data = one.jsonl, expert = {manifest}/one }}\n"
            "  { id = two, data = two.jsonl, expert = disturbed/two }\n"
            "]\n"
            "tasks = [ { id = task, kind = language-modelling, data = task.jsonl } ]\n"
        )


def step(action, manifest, *settings):
    return {
        "action": action,
        "manifest": str(ROOT / f"{manifest}.conf"),
        "settings": [
            f"output={ROOT / 'run'}",
            "training.engine=command",
            f"training.command={ROOT / 'trainer.sh'}",
            f"training.workspace={ROOT / 'work'}",
            f"training.steps={STEPS}",
            "training.batch-size=4",
            "training.checkpoint-steps=2",
            "fidelity.mixtures=0",
            *settings,
        ],
    }


def started(*steps):
    process = subprocess.Popen(
        [Path(os.environ["CI_SPARK_BIN"]) / "python", REPOSITORY / ".ci/searches.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=(ROOT / "errors.log").open("ab"),
        text=True,
        start_new_session=True,
    )
    process.stdin.write(json.dumps(steps))
    process.stdin.close()
    return process


def trainings():
    """The processes of trainings, whoever is their parent now."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_text()
        except OSError:
            continue
        if str(ROOT / "work") in command and "--job" in command:
            found.append(int(entry.name))
    return found


def wait(seconds, what, condition):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def digest(model):
    return hashlib.sha256((ROOT / model / "model.safetensors").read_bytes()).hexdigest()


def mlflow():
    """Starts a server, which takes a while."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    FOUND["mlflow"] = f"http://127.0.0.1:{port}"
    return subprocess.Popen(
        [os.environ["CI_MLFLOW"], "server", "--host", "127.0.0.1", "--port", str(port)]
        + ["--backend-store-uri", f"sqlite:///{ROOT}/mlflow.db", "--workers", "1"]
        + ["--artifacts-destination", str(ROOT / "artifacts"), "--serve-artifacts"],
        env=os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
        stdout=(ROOT / "mlflow.log").open("wb"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def is_up(address):
    try:
        return urllib.request.urlopen(f"{address}/health").status == 200
    except OSError:
        return False


def check_a_trainer_ends_with_its_executor():
    make()
    process = started(step("finetune", "disturbed"))
    wait(120, "no checkpoint", lambda: list(ROOT.glob("work/*/*/checkpoints/checkpoint-*/*state.json")))
    os.killpg(process.pid, signal.SIGKILL)
    wait(5, "trainers go on", lambda: not trainings())
    assert not (ROOT / "disturbed/one").exists(), "it was too late for a kill"


def check_goes_on_and_is_told_to_mlflow():
    address = FOUND["mlflow"]
    wait(60, "no MLflow", lambda: is_up(address))
    told = f"mlflow.tracking-uri={address}"
    process = started(
        step("finetune", "disturbed"),
        step("finetune", "undisturbed"),
        step("search", "disturbed", told),
        step("track", "disturbed", told),
        step("fidelity", "disturbed", told, "training.method=lora"),
        step("track", "disturbed", told, "training.method=lora"),
        step("track", "disturbed", "mlflow.tracking-uri=http://127.0.0.1:9"),
    )
    output = process.stdout.read()
    assert process.wait() == 0, (ROOT / "errors.log").read_text()[-3000:]
    FOUND["steps"] = json.loads(output)
    FOUND["runs"] = runs(address)
    print(json.dumps(FOUND, indent=1))


def runs(address):
    request = urllib.request.Request(
        f"{address}/api/2.0/mlflow/runs/search",
        json.dumps({"experiment_ids": ["1"]}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer).get("runs", [])


def check_a_training_that_was_killed_goes_on_where_it_was():
    told = [json.loads(line) for line in (ROOT / "told.jsonl").read_text().splitlines()]
    told = [one for one in told if one.get("event") in ("start", "resume", "step")]
    places = [i for i, one in enumerate(told) if one["event"] == "resume"]
    assert len(places) == 1, "one was killed"
    before, resumed, after = told[places[0] - 1 : places[0] + 2]
    assert before["event"] == "start", before
    assert resumed["step"] >= 2, resumed
    assert (after["event"], after["step"]) == ("step", resumed["step"] + 1), after


def check_a_training_that_was_killed_ends_with_the_same_bits():
    trained, undisturbed = FOUND["steps"][:2]
    assert trained == {"one": "TRAINED", "two": "GIVEN"}, trained
    assert undisturbed == trained, undisturbed
    assert digest("disturbed/one") == digest("undisturbed/one")
    assert digest("disturbed/one") != digest("base")
    assert not list(ROOT.glob("work/*/*/job.json")), "what is done is removed"


def check_trains_a_mixture_with_lora():
    mixture = ROOT / "run/models/one+two"
    settings = json.loads((mixture / "adapter_config.json").read_text())
    assert settings["base_model_name_or_path"] == "base", settings
    assert settings["r"] == 16 and settings["target_modules"], settings


def check_mlflow_has_one_run_with_everything():
    assert len(FOUND["runs"]) == 1, FOUND["runs"]
    data = FOUND["runs"][0]["data"]
    metrics = {metric["key"]: metric["value"] for metric in data["metrics"]}
    best = min(FOUND["steps"][2]["scores"].values())
    assert abs(metrics["best_score"] - best) < 1e-12, metrics
    assert {"key": "merge.method", "value": "average"} in data["params"], data["params"]
    reports = list((ROOT / "artifacts").rglob("report.html"))
    assert len(reports) == 1, reports
    assert reports[0].read_bytes() == (ROOT / "run/report.html").read_bytes()


def check_a_server_that_is_down_is_warned_of():
    *told, down = [step["warnings"] for step in FOUND["steps"] if "warnings" in step]
    assert told == [[], []], told
    assert len(down) == 1 and "MLflow was not told" in down[0], down


def check_a_job_in_the_words_of_others():
    job = {
        "examples": "/jobs/es/examples.jsonl",
        "base": "/models/base",
        "rows": ["text"],
        "training": {
            "steps": 10,
            "batch_size": 8,
            "micro_batch_size": 4,
            "learning_rate": 1e-4,
            "warmup_steps": 20,
            "final_learning_rate_share": 0.1,
            "weight_decay": 0.01,
            "clip_norm": 1.0,
            "max_length": 512,
            "seed": 1,
            "precision": "float32",
            "checkpoint_steps": 5,
        },
    }
    (ROOT / "job.json").write_text(json.dumps(job))
    for tool in ("axolotl", "llama-factory"):
        subprocess.run(
            [sys.executable, TRAINER / "configurations.py", tool, ROOT / "job.json", ROOT / tool],
            check=True,
        )
        settings = json.loads((ROOT / tool / "config.yaml").read_text())
        assert settings["max_steps"] == 10 and settings["gradient_accumulation_steps"] == 2
        assert settings["warmup_steps"] == 9, settings


if __name__ == "__main__":
    server = mlflow()
    try:
        sys.exit(checks.run(sys.modules[__name__]))
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)
        shutil.rmtree(ROOT)
