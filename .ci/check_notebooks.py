"""Runs the notebooks with a real PySpark, over the run of a finished demo.

Environment: CI_DEMO, the directory of the demo; CI_SPARK_BIN, the folder of a spark-sql.
"""

import contextlib
import io
import json
import math
import os
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import checks
from pyspark.sql import SparkSession

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = ROOT / "notebooks" / "read_a_run.py"
SQL = ROOT / "notebooks" / "read_a_run.sql"
RUN = Path(os.environ["CI_DEMO"]).resolve() / "run"
RECORD = json.loads((RUN / "run.json").read_text())

PLOTS = {"best-mixtures.png", "trade-off.png", "dataset-effects.png", "fidelity.png"}


def session():
    return (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", False)
        .config("spark.ui.showConsoleProgress", False)
        .config("spark.sql.shuffle.partitions", 2)
        .getOrCreate()
    )


def run_plainly(run, figures):
    return subprocess.run(
        [sys.executable, str(NOTEBOOK), "--run", str(run), "--figures", str(figures)],
        capture_output=True,
        text=True,
        check=False,
    )


def ranked():
    return session().read.parquet(str(RUN / "ranked")).where("rank IS NOT NULL").toPandas()


def shapley_values():
    """The Shapley value of every dataset by its definition, over all mixtures."""
    assert RECORD["search"]["objective"]["unit"] == "gain over the base"
    scores = {frozenset(row.datasets): row.score for row in ranked().itertuples()}
    scores[frozenset()] = 0.0
    datasets = RECORD["run"]["datasets"]
    count = len(datasets)
    values = dict.fromkeys(datasets, 0.0)
    for mixture, score in scores.items():
        for dataset in mixture:
            weight = math.comb(count - 1, len(mixture) - 1) * count
            values[dataset] += (score - scores[mixture - {dataset}]) / weight
    return values


def check_the_notebook_run_as_a_program():
    figures = Path(tempfile.mkdtemp(prefix="figures-"))
    result = run_plainly(RUN, figures)
    assert result.returncode == 0, result.stderr
    text = result.stdout
    assert f"run {RECORD['run']['id']}, CONFIRMED" in text, text

    best = ranked().sort_values("rank").iloc[0]
    assert re.search(rf"^ +1 +{re.escape(best['mixture'])} ", text, re.MULTILINE), text

    assert f"ranked by the {RECORD['search']['objective']['description']}" in text, text
    assert re.search(r"^ *front +", text, re.MULTILINE), text

    values = shapley_values()
    most_helpful = max(values, key=values.get)
    first = re.search(r"basis: exact\n +(\w+) +([+-][\d.]+) ", text)
    assert first, text
    assert first.group(1) == most_helpful, (first.group(1), values)
    assert abs(float(first.group(2)) - values[most_helpful]) < 1e-4, (first.group(2), values)

    assert f"Spearman {RECORD['fidelity']['figures']['spearman']:.3f} over" in text, text
    assert f"training {RECORD['seconds']['training']:.1f} s" in text, text
    assert {file.name for file in figures.iterdir()} == PLOTS, list(figures.iterdir())
    for file in figures.iterdir():
        assert file.read_bytes().startswith(b"\x89PNG") and file.stat().st_size > 5000, file


def check_the_notebook_with_the_names_that_databricks_gives():
    session()
    shown = []

    class Widgets:
        values = {}

        def text(self, name, default, label):
            self.values[name] = str(RUN)

        def get(self, name):
            return self.values[name]

    class Utilities:
        widgets = Widgets()

    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        end = runpy.run_path(
            str(NOTEBOOK), init_globals={"dbutils": Utilities(), "display": shown.append}
        )
    assert end["FIGURES"] is None
    corrected = RECORD["fidelity"]["figures"].get("correction_applied") == 1
    assert len(shown) == 6 + corrected, shown
    gains = {dataset: gain["shapley"]["value"] for dataset, gain in end["gains"]}
    expected = shapley_values()
    assert gains.keys() == expected.keys()
    assert all(abs(gains[id] - expected[id]) < 1e-9 for id in gains), (gains, expected)
    assert abs(end["spearman"] - RECORD["fidelity"]["figures"]["spearman"]) < 1e-9, end["spearman"]


def check_that_an_unfinished_run_is_refused():
    run = Path(tempfile.mkdtemp(prefix="unfinished-"))
    record = RECORD | {"state": "SEARCHING"}
    (run / "run.json").write_text(json.dumps(record))
    result = run_plainly(run, run / "figures")
    assert result.returncode != 0
    assert "is not ranked yet: its state is SEARCHING" in result.stderr, result.stderr
    shutil.rmtree(run)


def check_that_a_run_without_fidelity_is_enough():
    run = Path(tempfile.mkdtemp(prefix="ranked-"))
    for table in ("ranked", "evaluations"):
        shutil.copytree(RUN / table, run / table)
    record = RECORD | {"state": "RANKED", "fidelity": {"figures": {}, "confirmations": []}}
    (run / "run.json").write_text(json.dumps(record))
    result = run_plainly(run, run / "figures")
    assert result.returncode == 0, result.stderr
    assert "No fidelity yet" in result.stdout, result.stdout
    assert {file.name for file in (run / "figures").iterdir()} == PLOTS - {"fidelity.png"}
    shutil.rmtree(run)


def check_that_a_run_of_one_task_is_enough():
    run = Path(tempfile.mkdtemp(prefix="one-task-"))
    for table in ("ranked", "evaluations", "fidelity"):
        shutil.copytree(RUN / table, run / table)
    objective = RECORD["search"]["objective"]
    only = objective | {"tasks": objective["tasks"][:1], "direction": "LOWER_IS_BETTER"}
    record = RECORD | {"search": RECORD["search"] | {"objective": only}}
    (run / "run.json").write_text(json.dumps(record))
    result = run_plainly(run, run / "figures")
    assert result.returncode == 0, result.stderr
    assert "One task, so nothing to trade." in result.stdout, result.stdout
    assert {file.name for file in (run / "figures").iterdir()} == PLOTS - {"trade-off.png"}
    shutil.rmtree(run)


def check_the_sql_notebook():
    spark = session()
    spark.conf.set("run", str(RUN))
    results = []
    for cell in SQL.read_text().split("-- COMMAND ----------"):
        statement = "\n".join(line for line in cell.splitlines() if not line.startswith("--"))
        statement = statement.strip().rstrip(";")
        if statement and not statement.startswith("CREATE WIDGET"):
            results.append(spark.sql(statement).toPandas())
    (spearman,) = [frame["spearman"][0] for frame in results if "spearman" in frame]
    assert abs(spearman - RECORD["fidelity"]["figures"]["spearman"]) < 1e-9, spearman
    (gains,) = [frame for frame in results if "gain" in frame]
    expected = shapley_values()
    assert all(abs(row.gain - expected[row.dataset]) < 1e-9 for row in gains.itertuples())


def check_the_sql_notebook_in_spark_sql_with_a_run_that_is_only_ranked():
    run = Path(tempfile.mkdtemp(prefix="ranked-"))
    for table in ("ranked", "evaluations"):
        shutil.copytree(RUN / table, run / table)
    shutil.copy(RUN / "run.json", run)
    # As the notebook says to.
    lines = SQL.read_text().splitlines(keepends=True)
    script = run / "read.sql"
    script.write_text("".join(line for line in lines if not line.startswith("CREATE WIDGET")))
    command = ["spark-sql", "--master", "local[2]"]
    command += ["--conf", "spark.ui.enabled=false"]
    command += ["--conf", "spark.sql.catalogImplementation=in-memory"]
    command += ["-d", f"run={run}", "-f", str(script)]
    # The script finds its Spark through the Python that stands first.
    path = {"PATH": f"{os.environ['CI_SPARK_BIN']}:{os.environ['PATH']}"}
    result = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=run, env=os.environ | path
    )
    assert result.returncode == 0, result.stderr
    best = ranked().sort_values("rank").iloc[0]
    assert re.search(rf"^1\t{re.escape(best['mixture'])}\t", result.stdout, re.MULTILINE), (
        result.stdout
    )
    assert re.search(r"^0\tNULL$", result.stdout, re.MULTILINE), result.stdout
    shutil.rmtree(run)


if __name__ == "__main__":
    sys.exit(checks.run(sys.modules[__name__]))
