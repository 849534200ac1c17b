"""Runs merge-to-mix from Airflow: check, finetune, search, fidelity, and a look at the run record.

The output directory is the prefix and a hash of the parameters that decide the result. The same
parameters therefore meet the same run, which goes on where it stopped: retries, and a second
trigger, compute nothing twice. What the user has to mend, exit codes 2 and 3, is not tried again.

Needs Airflow 3 with its Spark provider, a connection spark_default, a whole Spark with SPARK_HOME
on the workers, and for s3a:// apache-airflow-providers-amazon[s3fs]. deploy/README.md says more.
"""

import hashlib
import json
import re
from datetime import datetime, timedelta

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import DAG, ObjectStoragePath, Param, task
from airflow.sdk.exceptions import AirflowFailException

MAIN_CLASS = "org.mergetomix.MergeToMix"

# Not what is run but how: these leave the result, and so the output, as it is.
NOT_PART_OF_THE_RESULT = (
    "jar",
    "prefix",
    "finetune",
    "fidelity",
    "tolerated_failures",
    "spark_conf",
    "aws_conn_id",
)

# Configuration or command line; an input that is missing, broken or not accessible.
TO_BE_MENDED = (2, 3)

# How the provider says with what spark-submit ended, or the driver's container.
EXIT_CODE = re.compile(r"(?:Error code|exit code) is: (\d+)")

SPARK_CONF = {
    "spark.executorEnv.OMP_NUM_THREADS": "1",
    "spark.executorEnv.MALLOC_ARENA_MAX": "2",
    "spark.executor.memoryOverhead": "2g",
    "spark.plugins": "org.mergetomix.spark.MetricsPlugin",
    "spark.metrics.namespace": "merge-to-mix",
}

# Of use with s3a:// only; elsewhere Spark's own committer has to stay.
S3A_CONF = {
    "spark.hadoop.fs.s3a.committer.name": "magic",
    "spark.hadoop.fs.s3a.committer.magic.enabled": "true",
    "spark.sql.sources.commitProtocolClass": (
        "org.apache.spark.internal.io.cloud.PathOutputCommitProtocol"
    ),
    "spark.sql.parquet.output.committer.class": (
        "org.apache.spark.internal.io.cloud.BindingParquetOutputCommitter"
    ),
}


def output_of(params):
    """The run's directory: the prefix and a hash of what decides the result."""
    decisive = {k: v for k, v in dict(params).items() if k not in NOT_PART_OF_THE_RESULT}
    content = json.dumps(decisive, sort_keys=True, separators=(",", ":"))
    return f"{params['prefix'].rstrip('/')}/{hashlib.sha256(content.encode()).hexdigest()[:16]}"


def arguments_of(command, params):
    """The command line of merge-to-mix."""
    settings = {
        **params["settings"],
        "manifest": params["manifest"],
        "output": output_of(params),
        "search.max-failed": params["tolerated_failures"],
    }
    pairs = [("--set", f"{key}={value}") for key, value in sorted(settings.items())]
    return [command, *(word for pair in pairs for word in pair)]


def conf_of(params):
    """What Spark is told; the parameters win."""
    s3a = S3A_CONF if params["prefix"].startswith("s3a://") else {}
    return SPARK_CONF | s3a | params["spark_conf"]


def read_record(params):
    """What run.json says; empty when there is none."""
    connection = params["aws_conn_id"] if params["prefix"].startswith("s3a://") else None
    file = ObjectStoragePath(output_of(params), conn_id=connection) / "run.json"
    return json.loads(file.read_text()) if file.exists() else {}


def is_ranked(record, tolerated_failures):
    """Whether the search came to its end, with few enough failed mixtures."""
    return (
        record.get("state") in ("RANKED", "CONFIRMED")
        and bool(record.get("run", {}).get("id"))
        and record["counts"]["failed"] <= tolerated_failures
    )


class Command(SparkSubmitOperator):
    """A command of merge-to-mix."""

    def __init__(self, *, command, **kwargs):
        super().__init__(
            application="{{ params.jar }}",
            java_class=MAIN_CLASS,
            name=f"merge-to-mix {command}",
            application_args=f"{{{{ arguments_of('{command}', params) }}}}",
            conf="{{ conf_of(params) }}",
            **kwargs,
        )


    def execute(self, context):
        try:
            return super().execute(context)
        except Exception as failure:
            codes = {int(code) for code in EXIT_CODE.findall(str(failure))}
            if codes.isdisjoint(TO_BE_MENDED):
                raise
            raise AirflowFailException(
                "Not tried again: what the log says has to be mended"
            ) from failure


class Search(Command):
    """A search. That some mixtures failed makes the program fail; here that may be tolerated."""

    def execute(self, context):
        try:
            return super().execute(context)
        except AirflowFailException:
            raise
        except Exception:
            # With a driver elsewhere nobody may know its exit code: the run record decides.
            params = context["params"]
            if not is_ranked(read_record(params), params["tolerated_failures"]):
                raise
            self.log.warning("Some mixtures failed; the parameters tolerate as many.")


with DAG(
    dag_id="merge_to_mix",
    description="Which datasets should be fine-tuned on?",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    # The arguments are a list, which a template in a string would flatten.
    render_template_as_native_obj=True,
    user_defined_macros={"arguments_of": arguments_of, "conf_of": conf_of},
    default_args={
        "retries": 3,
        "retry_delay": timedelta(minutes=2),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=30),
    },
    params={
        "jar": Param(
            "s3a://example-bucket/merge-to-mix/merge-to-mix-0.1.0-spark.jar",
            type="string",
            description="The jar for spark-submit.",
        ),
        "manifest": Param(
            "s3a://example-bucket/merge-to-mix/manifest.conf",
            type="string",
            description="Base, datasets with their experts, tasks.",
        ),
        "prefix": Param(
            "s3a://example-bucket/merge-to-mix/runs",
            type="string",
            description="Where runs are kept, each in a directory of its own.",
        ),
        "spark_conf": Param(
            {},
            type="object",
            description="Spark's settings: spark.jars, spark.jars.packages, executors, memory, "
            "spark.hadoop.fs.s3a.endpoint, ... Never a secret: parameters are shown.",
        ),
        "aws_conn_id": Param(
            "aws_default",
            type="string",
            description="The AWS connection by which run.json is read, where the prefix is s3a://.",
        ),
        "settings": Param(
            {"search.maximum-size": 0},
            type="object",
            description="Configuration keys of merge-to-mix with their values.",
        ),
        "revision": Param(
            1,
            type="integer",
            description="Count up when the files behind the manifest change: it makes a new run.",
        ),
        "finetune": Param(
            False, type="boolean", description="Fine-tune the experts that are missing."
        ),
        "fidelity": Param(
            True, type="boolean", description="Really fine-tune some mixtures and compare."
        ),
        "tolerated_failures": Param(
            0, type="integer", minimum=0, description="Mixtures that may fail."
        ),
    },
    tags=["merge-to-mix", "spark"],
    doc_md=__doc__,
) as dag:

    @task.short_circuit(ignore_downstream_trigger_rules=False)
    def is_wanted(step, params=None):
        """Skips a step that the parameters do not ask for."""
        return params[step]

    @task(trigger_rule="none_failed")
    def confirm(params=None):
        """Believes the run record only: a command that ended well may have done nothing."""
        record = read_record(params)
        if not is_ranked(record, params["tolerated_failures"]):
            raise ValueError(
                f"{output_of(params)}/run.json says state {record.get('state', 'nothing')}, "
                f"counts {record.get('counts', {})}; expected a ranked table with at most "
                f"{params['tolerated_failures']} failed mixtures"
            )
        if params["fidelity"] and record["state"] != "CONFIRMED":
            raise ValueError(f"{output_of(params)}/run.json has no fidelity, which was asked for")
        return {
            "output": output_of(params),
            "run_id": record["run"]["id"],
            "ranked_digest": record["search"]["ranked_digest"],
        }

    check = Command(task_id="check", command="check")
    finetune = Command(task_id="finetune", command="finetune")
    search = Search(task_id="search", command="search", trigger_rule="none_failed")
    fidelity = Command(task_id="fidelity", command="fidelity")

    check >> is_wanted.override(task_id="finetune_wanted")("finetune") >> finetune >> search
    search >> is_wanted.override(task_id="fidelity_wanted")("fidelity") >> fidelity >> confirm()
