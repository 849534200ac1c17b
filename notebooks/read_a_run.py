# Databricks notebook source
# MAGIC %md
# MAGIC # What a run found
# MAGIC
# MAGIC Which mixture is best, which others are as good, what each dataset does, how far the surrogates
# MAGIC can be trusted, and what it cost. Everything is read from the run's tables; nothing is computed
# MAGIC again.
# MAGIC
# MAGIC In Databricks: set the widget `run` to the output directory of a run. With plain PySpark, pandas
# MAGIC and matplotlib: `python notebooks/read_a_run.py --run target/demo/run --figures target/figures`

# COMMAND ----------

import argparse
import json
import os
import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

try:
    dbutils.widgets.text("run", "target/demo/run", "Output directory of the run")  # noqa: F821
    RUN, FIGURES = dbutils.widgets.get("run").rstrip("/"), None  # noqa: F821
except NameError:  # not in Databricks
    parser = argparse.ArgumentParser(description="Shows what a run of merge-to-mix found.")
    parser.add_argument("--run", default="target/demo/run", help="output directory of the run")
    parser.add_argument("--figures", default="target/figures", help="where plots are saved")
    arguments = parser.parse_args()
    RUN, FIGURES = arguments.run.rstrip("/"), arguments.figures

    import matplotlib

    matplotlib.use("Agg")  # a machine without a screen

import matplotlib.pyplot as plt

spark = SparkSession.builder.appName("read a run").getOrCreate()


def show(frame):
    """Shows a small table: Databricks' own, or plain text."""
    try:
        display(frame)  # noqa: F821
    except NameError:
        print(frame.toPandas().to_string(index=False), end="\n\n")


def finish(figure, name):
    """Saves a plot, or leaves it to the notebook to show."""
    figure.tight_layout()
    if FIGURES is not None:
        os.makedirs(FIGURES, exist_ok=True)
        figure.savefig(os.path.join(FIGURES, name + ".png"), dpi=120)
        plt.close(figure)


# COMMAND ----------

# MAGIC %md
# MAGIC ## The run
# MAGIC
# MAGIC `run.json` says how far it got. Without a state of `RANKED` or `CONFIRMED` there is no ranked
# MAGIC table yet.

# COMMAND ----------

run = json.loads(spark.read.text(RUN + "/run.json", wholetext=True).first().value)
if run["state"] not in ("RANKED", "CONFIRMED"):
    sys.exit(f"{RUN} is not ranked yet: its state is {run['state']}. Let search finish.")

unit = run["search"]["objective"]["unit"]
print(f"run {run['run']['id']}, {run['state']}, started {run['times']['started']}")
print(f"datasets: {', '.join(run['run']['datasets'])}")
print("mixtures: {evaluated} evaluated, {failed} failed, of {space}".format(**run["counts"]))
print(f"ranked by the {run['search']['objective']['description']}\n")

ranked = spark.read.parquet(RUN + "/ranked")
evaluations = spark.read.option("basePath", RUN + "/evaluations").parquet(RUN + "/evaluations")


def optional(name, columns):
    """A table that may be missing: a folder that is not there would be an error, a file is none."""
    files = spark.read.schema(columns).option("recursiveFileLookup", True)
    return files.option("pathGlobFilter", name + ".parquet").parquet(RUN)


# COMMAND ----------

# MAGIC %md
# MAGIC ## The best mixtures
# MAGIC
# MAGIC A mixture ties with the best when its gap, measured on the same examples, is below 1.96 of the
# MAGIC gap's own standard errors. The best of many is partly luck, so take ties seriously. `rank_low` to
# MAGIC `rank_high` are 95 % of the ranks that other examples would give; `best_share` compares mixtures,
# MAGIC and is no probability. One that was `dropped` left a race on the examples after it saw so many; its
# MAGIC score is that of the best and its gap to it. `pareto` says where it stands over several tasks.

# COMMAND ----------

scored = ranked.where("rank IS NOT NULL")
best = scored.orderBy("rank").limit(15)
show(
    best.select(
        "rank",
        "mixture",
        "score",
        "standard_error",
        "gap",
        "gap_standard_error",
        "tied",
        "rank_low",
        "rank_high",
        "best_share",
        "pareto",
        "examples",
        "dropped",
    )
)
print(f"{scored.where('tied').count()} of {scored.count()} mixtures tie with the best.\n")

rows = best.collect()
figure, axes = plt.subplots(figsize=(8, 0.35 * len(rows) + 1.2))
axes.errorbar(
    [row.gap for row in rows],
    [f"{row.mixture} (tied)" if row.tied and row.gap > 0 else row.mixture for row in rows],
    xerr=[1.96 * row.gap_standard_error for row in rows],
    fmt="o",
    capsize=3,
)
axes.axvline(0, color="black", linewidth=0.8)
axes.invert_yaxis()
axes.set_xlabel(f"gap to the best in {unit}, with 95 % intervals of the paired difference")
axes.set_title("Best mixtures by their surrogates")
finish(figure, "best-mixtures")

# COMMAND ----------

# MAGIC %md
# MAGIC ## Trade-off between the tasks
# MAGIC
# MAGIC The Pareto front, where there are several tasks: no mixture is as good on every task and better on
# MAGIC one. One that is tied is not on it, but no mixture of it is better on every task by more than 1.96
# MAGIC errors.

# COMMAND ----------

tasks = [task["task"] for task in run["search"]["objective"]["tasks"]]
if len(tasks) > 1:
    places = scored.where("pareto IN ('front', 'tied')").orderBy("pareto", "rank").limit(30)
    scores_by_task = [F.col("task_scores")[task].alias(task) for task in tasks]
    show(places.select("pareto", "rank", "mixture", *scores_by_task))
    if len(tasks) == 2:
        figure, axes = plt.subplots(figsize=(6, 5))
        drawn = scored.where("pareto IS NOT NULL").select("pareto", *scores_by_task).toPandas()
        for place, group in drawn.groupby("pareto"):
            axes.scatter(group[tasks[0]], group[tasks[1]], label=place)
        measures = [task["measure"] for task in run["search"]["objective"]["tasks"]]
        titles = [
            f"{task}, {measure['unit']}, {measure['direction'].lower().replace('_', ' ')}"
            for task, measure in zip(tasks, measures)
        ]
        axes.set_xlabel(titles[0])
        axes.set_ylabel(titles[1])
        axes.legend()
        axes.set_title("Trade-off between the tasks")
        finish(figure, "trade-off")
else:
    print("One task, so nothing to trade.\n")

# COMMAND ----------

# MAGIC %md
# MAGIC ## What failed
# MAGIC
# MAGIC And was not evaluated by a later start: `evaluations` keeps the rows of every attempt.

# COMMAND ----------

failed = ranked.where("status = 'failed'")
show(failed.groupBy("error").agg(F.count("*").alias("mixtures")))

# COMMAND ----------

# MAGIC %md
# MAGIC ## What each dataset does
# MAGIC
# MAGIC Its Shapley value: its share in what all datasets gain over the base together, above 0 where it
# MAGIC helps. The basis says how far to trust it: `exact` where every mixture was evaluated, `surface` with
# MAGIC an error that holds, `rough` without one, `none` where it cannot be told.

# COMMAND ----------

surface = run["surface"]
if surface["kind"]:
    print(
        f"{surface['kind']}: R² {surface['explained']:.3f} on mixtures left out,"
        f" {surface['mixtures']} mixtures\n"
    )
gains = sorted(surface["gains"].items(), key=lambda gain: -gain[1]["shapley"]["value"])
print(f"basis: {surface['basis']}")
for dataset, gain in gains:
    shapley, effect = gain["shapley"], gain["main_effect"]
    error = float(shapley["standard_error"])
    shown = "" if error != error else f" ± {1.96 * error:.4f}"
    print(f"  {dataset:<12}{shapley['value']:+.4f}{shown}   beside others {effect['value']:+.4f}")

if gains:
    figure, axes = plt.subplots(figsize=(8, 0.35 * len(gains) + 1.2))
    axes.barh([dataset for dataset, _ in gains], [gain["shapley"]["value"] for _, gain in gains])
    axes.axvline(0, color="black", linewidth=0.8)
    axes.invert_yaxis()
    axes.set_xlabel(f"Shapley value in {unit}, positive is better")
    axes.set_title("What each dataset does")
    finish(figure, "dataset-effects")

# COMMAND ----------

# MAGIC %md
# MAGIC ## What datasets do together
# MAGIC
# MAGIC How much more (above 0) or less (below 0) one helps where the other is there already.
# MAGIC `first_replaced` is the share of what the first gains without the second that is gone beside it.

# COMMAND ----------

interactions = optional(
    "interactions",
    "first string, second string, interaction double, interaction_standard_error double,"
    " first_replaced double, second_replaced double",
)
show(interactions.orderBy("interaction"))

# COMMAND ----------

# MAGIC %md
# MAGIC ## How far to trust it
# MAGIC
# MAGIC Some mixtures were really fine-tuned. If the points rise together, the surrogates rank as real
# MAGIC trainings would. Only the order counts: a surrogate's score is not a forecast of the real one.

# COMMAND ----------

if run["state"] == "CONFIRMED":
    fidelity = spark.read.parquet(RUN + "/fidelity")
    # The base and the experts are the same model on both sides.
    compared = fidelity.where("role NOT IN ('base', 'single')")
    columns = ["mixture", "role", "surrogate_score", "real_score", "corrected_score", "confirm_score"]
    show(compared.select(*columns))

    points = compared.toPandas()
    spearman = points["surrogate_score"].rank().corr(points["real_score"].rank())
    print(f"Spearman {spearman:.3f} over {len(points)} mixtures really fine-tuned")
    figures = run["fidelity"]["figures"]
    if "spearman" in figures:
        interval = "{spearman:.3f} ({spearman_low:.3f} to {spearman_high:.3f})"
        print("the run's own: " + interval.format(**figures))

    figure, axes = plt.subplots(figsize=(6, 5))
    for role, group in points.groupby("role"):
        axes.scatter(group["surrogate_score"], group["real_score"], label=role)
    axes.set_xlabel(f"surrogate, {unit}")
    axes.set_ylabel(f"really fine-tuned, {unit}")
    axes.set_title(f"Fidelity: Spearman {spearman:.2f}")
    axes.legend()
    finish(figure, "fidelity")

    print("\nOn examples that took no part in choosing:")
    for row in run["fidelity"]["confirmations"]:
        score, winner_gain = row["score"], row["winner_gain"]
        print(
            f"  {row['label']:<26}{score['value']:.4f} ± {1.96 * score['standard_error']:.4f}"
            f"   winner better by {winner_gain['value']:.4f}"
        )
else:
    print("No fidelity yet: run the command fidelity.")

# COMMAND ----------

# MAGIC %md
# MAGIC What mixtures should score if they were really trained, where a correction is worth applying:
# MAGIC predictions, beside the scores of the surrogates.

# COMMAND ----------

corrected = optional(
    "corrected",
    "rank bigint, mixture string, score double, corrected_rank bigint, corrected_score double,"
    " corrected_standard_error double, real_score double",
)
if run["fidelity"]["figures"].get("correction_applied"):
    show(corrected.orderBy("corrected_rank").limit(15))
else:
    print("No correction: too few trainings, or it would predict none better.\n")

# COMMAND ----------

# MAGIC %md
# MAGIC ## What it cost
# MAGIC
# MAGIC A round's name says which strategy proposed it, and its number there. Two drivers at once may
# MAGIC have evaluated a mixture twice; it is ranked once.

# COMMAND ----------

show(
    evaluations.groupBy("strategy", "number")
    .agg(
        F.countDistinct("mixture").alias("mixtures"),
        F.sum("merge_seconds").alias("merge_seconds"),
        F.sum("evaluate_seconds").alias("evaluate_seconds"),
    )
    .orderBy("strategy", "number")
)
seconds = run["seconds"]
print(
    f"merging {seconds['merge']:.1f} s, evaluating {seconds['evaluate']:.1f} s and training "
    f"{seconds['training']:.1f} s, summed over task slots; {seconds['wall']:.1f} s from start to end"
)

# COMMAND ----------

# MAGIC %md
# MAGIC ## As tables of a catalog
# MAGIC
# MAGIC For those who want them there, `ranked.writeTo("mixes.ranked").using("delta").createOrReplace()`,
# MAGIC or `using("iceberg")`.
