"""Imports the DAG with a real Airflow, looks at its structure, and runs it.

Environment: AIRFLOW_HOME, a directory whose database has been migrated;
AIRFLOW__CORE__DAGS_FOLDER, deploy/airflow; AIRFLOW_CONN_SPARK_DEFAULT; CI_DEMO, the directory of a
finished demo; CI_SPARK_BIN, the folder of a real spark-submit; CI_JAR, the jar for it; CI_S3_JARS,
the folder of what Spark lacks for s3a:; CI_S3_SERVER, a file with the class path of an S3 server.
"""

import functools
import json
import os
import stat
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import checks
import s3_server
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DagRunState

DAGS = os.environ["AIRFLOW__CORE__DAGS_FOLDER"]
REAL_PATH = os.environ["PATH"]

# Stands for spark-submit: writes down how it was called, and leaves the run record that it is
# told to leave.
FAKE = """#!/usr/bin/env python3
import json, os, pathlib, sys
place = pathlib.Path(os.environ["FAKE_PLACE"])
with open(place / "calls", "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
plan = json.loads((place / "plan").read_text())
output = [word[7:] for word in sys.argv if word.startswith("output=")][0]
command = [word for word in sys.argv if word in plan]
state, failed, code = plan[command[0]] if command else ["", 0, 0]
if state:
    pathlib.Path(output).mkdir(parents=True, exist_ok=True)
    record = {
        "run": {"id": "fake"},
        "state": state,
        "search": {"ranked_digest": "d"},
        "counts": {"failed": failed},
    }
    (pathlib.Path(output) / "run.json").write_text(json.dumps(record))
sys.exit(code)
"""


def load():
    bag = DagBag(DAGS)
    assert not bag.import_errors, bag.import_errors
    assert list(bag.dags) == ["merge_to_mix"], list(bag.dags)
    return bag.dags["merge_to_mix"]


def states(run):
    return {instance.task_id: str(instance.state) for instance in run.get_task_instances()}


def run_dag(params, retries=0):
    dag = load()
    for task in dag.tasks:
        task.retries = retries
        task.retry_delay = timedelta(0)
        task.retry_exponential_backoff = 0
    return dag.test(run_conf=params)


def run_with_fake(plan, retries=0, **params):
    """Runs the DAG with the fake on the PATH; returns the run and what the fake was called with."""
    place = Path(tempfile.mkdtemp(prefix="fake-", dir=os.environ["AIRFLOW_HOME"]))
    fake = place / "spark-submit"
    fake.write_text(FAKE)
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    (place / "plan").write_text(json.dumps(plan))
    os.environ["FAKE_PLACE"] = str(place)
    os.environ["PATH"] = f"{place}:{REAL_PATH}"
    os.environ.pop("SPARK_HOME", None)
    try:
        run = run_dag({"prefix": str(place / "runs"), "jar": "fake.jar", **params}, retries)
    finally:
        os.environ["PATH"] = REAL_PATH
    calls = place / "calls"
    return run, [json.loads(line) for line in calls.read_text().splitlines()]


def rendered(task_id, **params):
    """A task with its templates filled in, as just before it runs."""
    dag = load()
    task = dag.get_task(task_id)
    values = {**{name: param.value for name, param in dag.params.items()}, **params}
    task.render_template_fields({"params": values, "dag": dag}, jinja_env=dag.get_template_env())
    return task


def check_the_order_of_the_tasks():
    dag = load()
    downstream = {task.task_id: set(task.downstream_task_ids) for task in dag.tasks}
    assert downstream == {
        "check": {"finetune_wanted"},
        "finetune_wanted": {"finetune"},
        "finetune": {"search"},
        "search": {"fidelity_wanted"},
        "fidelity_wanted": {"fidelity"},
        "fidelity": {"confirm"},
        "confirm": set(),
    }, downstream


def check_that_runs_do_not_overlap_and_are_retried():
    dag = load()
    assert dag.max_active_runs == 1
    assert dag.catchup is False
    assert dag.schedule is None
    assert all(task.retries == 3 for task in dag.tasks)
    assert {task.task_id for task in dag.tasks if task.trigger_rule == "none_failed"} == {
        "search",
        "confirm",
    }


def check_that_arguments_are_rendered_as_a_list():
    search = rendered(
        "search",
        manifest="/data/a manifest.conf",
        prefix="/runs/",
        settings={"search.maximum-size": 3},
        tolerated_failures=2,
    )
    output = search.application_args[4].removeprefix("output=")
    assert search.application_args == [
        "search",
        "--set",
        "manifest=/data/a manifest.conf",
        "--set",
        f"output={output}",
        "--set",
        "search.max-failed=2",
        "--set",
        "search.maximum-size=3",
    ], search.application_args
    assert output.startswith("/runs/") and len(output) == len("/runs/") + 16, output
    assert search._java_class == "org.mergetomix.MergeToMix"
    assert search.name == "merge-to-mix search"
    assert not any("s3a" in key for key in search.conf), search.conf
    assert search.conf["spark.executorEnv.OMP_NUM_THREADS"] == "1"


def check_that_the_magic_committer_is_for_s3a_only():
    search = rendered("search", prefix="s3a://bucket/runs")
    assert search.conf["spark.hadoop.fs.s3a.committer.name"] == "magic"


def check_that_the_output_follows_from_what_decides_the_result():
    def output(**params):
        return rendered("search", prefix="/runs", **params).application_args[4]

    same = output()
    assert output(jar="other.jar", finetune=True, fidelity=False) == same
    assert output(settings={"seed": 2}) != same
    assert output(revision=2) != same
    assert output(manifest="other.conf") != same


def check_a_run_with_every_step():
    run, calls = run_with_fake(
        {"search": ["RANKED", 0, 0], "fidelity": ["CONFIRMED", 0, 0]}, finetune=True
    )
    assert run.state == DagRunState.SUCCESS, states(run)
    assert [commands(call) for call in calls] == ["check", "finetune", "search", "fidelity"]
    for call in calls:
        assert call[call.index("--class") + 1] == "org.mergetomix.MergeToMix", call


def check_a_run_without_the_steps_that_are_not_wanted():
    run, calls = run_with_fake({"search": ["RANKED", 0, 0]}, fidelity=False)
    assert run.state == DagRunState.SUCCESS, states(run)
    assert [commands(call) for call in calls] == ["check", "search"]
    assert states(run)["finetune"] == states(run)["fidelity"] == "skipped", states(run)


def check_that_failed_mixtures_are_tolerated_as_told():
    plan = {"search": ["RANKED", 2, 4]}
    run, _ = run_with_fake(plan, fidelity=False, tolerated_failures=2)
    assert run.state == DagRunState.SUCCESS, states(run)
    run, _ = run_with_fake(plan, fidelity=False, tolerated_failures=1)
    assert run.state == DagRunState.FAILED, states(run)
    assert states(run)["search"] == "failed", states(run)


def check_that_a_search_that_broke_off_is_not_tolerated():
    run, _ = run_with_fake({"search": ["SEARCHING", 0, 1]}, fidelity=False, tolerated_failures=9)
    assert run.state == DagRunState.FAILED, states(run)
    assert states(run)["search"] == "failed", states(run)


def check_that_a_command_that_did_nothing_is_not_believed():
    run, _ = run_with_fake({"search": ["SEARCHING", 0, 0]}, fidelity=False)
    assert states(run)["confirm"] == "failed", states(run)
    run, _ = run_with_fake({"search": ["RANKED", 0, 0], "fidelity": ["RANKED", 0, 0]})
    assert states(run)["confirm"] == "failed", states(run)


def check_that_what_has_to_be_mended_is_not_tried_again():
    for code in (2, 3):
        run, calls = run_with_fake({"check": ["", 0, code]}, retries=2)
        assert run.state == DagRunState.FAILED, states(run)
        assert [commands(call) for call in calls] == ["check"], calls


def check_that_a_lost_driver_is_started_again():
    run, calls = run_with_fake({"check": ["", 0, 1]}, retries=2)
    assert run.state == DagRunState.FAILED, states(run)
    assert [commands(call) for call in calls] == ["check"] * 3, calls


def check_that_the_parameters_for_spark_win():
    search = rendered(
        "search",
        prefix="s3a://bucket/runs",
        spark_conf={"spark.executor.memoryOverhead": "6g", "spark.jars": "/a.jar"},
    )
    assert search.conf["spark.executor.memoryOverhead"] == "6g"
    assert search.conf["spark.jars"] == "/a.jar"
    assert search.conf["spark.hadoop.fs.s3a.committer.name"] == "magic"


@functools.cache
def s3():
    """The server, which the connection "loopback" leads to."""
    server = s3_server.start(Path(os.environ["CI_S3_SERVER"]).read_text().strip())
    os.environ["AIRFLOW_CONN_LOOPBACK"] = server.connection()
    os.environ["AWS_ACCESS_KEY_ID"] = server.access_key
    os.environ["AWS_SECRET_ACCESS_KEY"] = server.secret_key
    return server


def uploaded(bucket, without=(), changed=None):
    """Puts the inputs of the demo into a new bucket, some left out and some changed."""
    client = s3().client()
    client.create_bucket(Bucket=bucket)
    demo = Path(os.environ["CI_DEMO"]).resolve()
    for file in demo.rglob("*"):
        name = str(file.relative_to(demo))
        if file.is_file() and not name.startswith(("run/", "initial/", *without)):
            change = (changed or {}).get(name, lambda content: content)
            client.put_object(Bucket=bucket, Key=name, Body=change(file.read_bytes()))


def run_in_s3(bucket, retries=0, **params):
    """Runs the DAG with a real spark-submit; returns the run, and what each submission printed."""
    place = Path(tempfile.mkdtemp(prefix="real-", dir=os.environ["AIRFLOW_HOME"]))
    submit = place / "spark-submit"
    submit.write_text(
        "#!/usr/bin/env bash\nset -o pipefail\n"
        f'"{os.environ["CI_SPARK_BIN"]}/spark-submit" "$@" 2>&1'
        f' | tee "$(mktemp {place}/log-XXXXXX)"\n'
    )
    submit.chmod(submit.stat().st_mode | stat.S_IXUSR)
    os.environ["PATH"] = f"{place}:{os.environ['CI_SPARK_BIN']}:{REAL_PATH}"
    try:
        run = run_dag(
            {
                "jar": os.environ["CI_JAR"],
                "manifest": f"s3a://{bucket}/manifest.conf",
                "prefix": f"s3a://{bucket}/runs",
                "aws_conn_id": "loopback",
                "spark_conf": {
                    "spark.jars": ",".join(map(str, Path(os.environ["CI_S3_JARS"]).glob("*.jar"))),
                    "spark.hadoop.fs.s3a.endpoint": s3().endpoint,
                    "spark.hadoop.fs.s3a.endpoint.region": "us-east-1",
                    "spark.hadoop.fs.s3a.path.style.access": "true",
                },
                "settings": {
                    "search.maximum-size": 2,
                    "training.steps": 10,
                    "fidelity.mixtures": 3,
                    "cache.directory": str(place / "cache"),
                },
                **params,
            },
            retries,
        )
    finally:
        os.environ["PATH"] = REAL_PATH
    return run, [log.read_text() for log in place.glob("log-*")]


def record_of(bucket):
    """The only run record below the prefix."""
    client = s3().client()
    found = client.list_objects_v2(Bucket=bucket, Prefix="runs/")["Contents"]
    (key,) = [one["Key"] for one in found if one["Key"].endswith("/run.json")]
    return json.loads(client.get_object(Bucket=bucket, Key=key)["Body"].read())


def check_a_real_run_with_everything_in_s3():
    uploaded("real", without=("experts/",))
    run, logs = run_in_s3("real", finetune=True)
    assert run.state == DagRunState.SUCCESS, states(run)
    assert len(logs) == 4, logs
    record = record_of("real")
    counts = record["counts"]
    assert record["state"] == "CONFIRMED", record["state"]
    assert counts["evaluated"] == 36 and counts["failed"] == 0, counts


def check_that_an_expert_of_nan_is_tolerated_to_the_end():
    def not_a_number(checkpoint):
        data = 8 + int.from_bytes(checkpoint[:8], "little")
        return checkpoint[:data] + b"\xff" * (len(checkpoint) - data)

    uploaded("nan", changed={"experts/es/model.safetensors": not_a_number})
    run, logs = run_in_s3("nan", tolerated_failures=8)
    assert run.state == DagRunState.SUCCESS, states(run)
    record = record_of("nan")
    assert record["state"] == "CONFIRMED", record["state"]
    assert record["counts"]["failed"] == 8, record["counts"]
    left_out = "Warning: Left out: The score is not a number (the expert of dataset es, task"
    assert any(left_out in log for log in logs), logs


def check_that_a_truncated_expert_is_named_at_the_first_attempt():
    uploaded("cut", changed={"experts/es/model.safetensors": lambda weights: weights[:-100]})
    run, logs = run_in_s3("cut", retries=3)
    assert run.state == DagRunState.FAILED, states(run)
    assert states(run)["check"] == "failed", states(run)
    (log,) = logs
    assert "s3a://cut/experts/es/model.safetensors" in log, log


def commands(call):
    """The command of merge-to-mix in a call of spark-submit: what follows the jar."""
    return call[call.index("fake.jar") + 1]


if __name__ == "__main__":
    sys.exit(checks.run(sys.modules[__name__]))
