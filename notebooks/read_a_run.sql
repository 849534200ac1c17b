-- Databricks notebook source
-- MAGIC %md
-- MAGIC # What a run found, in SQL
-- MAGIC
-- MAGIC Set the widget `run` to the output directory of a run. The questions are those of
-- MAGIC `read_a_run.py`, which also draws. Before the command `fidelity` has run for the
-- MAGIC present ranking, its cells are empty.
-- MAGIC
-- MAGIC For `spark-sql`, which has no widgets:
-- MAGIC `grep -v "^CREATE WIDGET" read_a_run.sql > read.sql; spark-sql -d run=DIRECTORY -f read.sql`

-- COMMAND ----------

CREATE WIDGET TEXT run DEFAULT "/Volumes/main/merge_to_mix/files/runs/first";

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## The tables

-- COMMAND ----------

CREATE OR REPLACE TEMPORARY VIEW ranked USING parquet OPTIONS (path '${run}/ranked');

-- COMMAND ----------

CREATE OR REPLACE TEMPORARY VIEW evaluations USING parquet OPTIONS (path '${run}/evaluations');

-- COMMAND ----------

-- A folder that is not there yet would be an error; a file of this name may be missing.
CREATE OR REPLACE TEMPORARY VIEW fidelity (
  mixture STRING,
  role STRING,
  surrogate_score DOUBLE,
  surrogate_standard_error DOUBLE,
  real_score DOUBLE,
  real_standard_error DOUBLE,
  seeds INT,
  seed_deviation DOUBLE,
  corrected_score DOUBLE,
  confirm_score DOUBLE,
  confirm_standard_error DOUBLE,
  train_seconds DOUBLE,
  model STRING
)
USING parquet
OPTIONS (path '${run}', recursiveFileLookup 'true', pathGlobFilter 'fidelity.parquet');

-- COMMAND ----------

CREATE OR REPLACE TEMPORARY VIEW corrected (
  rank BIGINT,
  mixture STRING,
  score DOUBLE,
  corrected_rank BIGINT,
  corrected_score DOUBLE,
  corrected_standard_error DOUBLE,
  real_score DOUBLE
)
USING parquet
OPTIONS (path '${run}', recursiveFileLookup 'true', pathGlobFilter 'corrected.parquet');

-- COMMAND ----------

CREATE OR REPLACE TEMPORARY VIEW interactions (
  first STRING,
  second STRING,
  interaction DOUBLE,
  interaction_standard_error DOUBLE,
  first_replaced DOUBLE,
  second_replaced DOUBLE
)
USING parquet
OPTIONS (path '${run}', recursiveFileLookup 'true', pathGlobFilter 'interactions.parquet');

-- COMMAND ----------

CREATE OR REPLACE TEMPORARY VIEW record USING json OPTIONS (path '${run}/run.json', multiLine 'true');

-- COMMAND ----------

CREATE OR REPLACE TEMPORARY VIEW text USING text OPTIONS (path '${run}/run.json', wholeText 'true');

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## The run

-- COMMAND ----------

SELECT
  run.id AS run_id,
  state,
  search.objective.description,
  counts.evaluated,
  counts.failed,
  times.started,
  times.updated
FROM record;

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## The best mixtures
-- MAGIC
-- MAGIC A gap within 1.96 of its own standard errors is a tie with the best. `rank_low` to `rank_high` are
-- MAGIC 95 % of the ranks that other examples would give; `best_share` compares mixtures, and is no
-- MAGIC probability. One that was `dropped` left a race on the examples after it saw so many; its score is
-- MAGIC that of the best and its gap to it. `pareto` says where it stands over several tasks.

-- COMMAND ----------

SELECT
  rank,
  mixture,
  size,
  score,
  standard_error,
  gap,
  gap_standard_error,
  tied,
  rank_low,
  rank_high,
  best_share,
  pareto,
  examples,
  dropped
FROM ranked
WHERE rank IS NOT NULL
ORDER BY rank
LIMIT 15;

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## Trade-off between the tasks
-- MAGIC
-- MAGIC The Pareto front, where there are several tasks: no mixture is as good on every task and better on
-- MAGIC one. One that is tied is not on it, but no mixture of it is better on every task by more than 1.96
-- MAGIC errors.

-- COMMAND ----------

SELECT pareto, rank, mixture, task_scores
FROM ranked
WHERE pareto IN ('front', 'tied')
ORDER BY pareto, rank
LIMIT 30;

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## What failed
-- MAGIC
-- MAGIC And was not evaluated by a later start: `evaluations` keeps the rows of every attempt.

-- COMMAND ----------

SELECT error, count(*) AS mixtures
FROM ranked
WHERE status = 'failed'
GROUP BY error;

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## What each dataset does
-- MAGIC
-- MAGIC Its Shapley value: its share in what all datasets gain over the base together. `basis` says how far
-- MAGIC to trust it: `exact` where every mixture was evaluated, `surface` with an error that holds, `rough`
-- MAGIC without one.

-- COMMAND ----------

SELECT
  dataset,
  get_json_object(value, '$.surface.basis') AS basis,
  CAST(get_json_object(value, concat('$.surface.gains[\'', dataset, '\'].shapley.value')) AS DOUBLE)
    AS gain,
  CAST(
    get_json_object(value, concat('$.surface.gains[\'', dataset, '\'].shapley.standard_error')) AS DOUBLE
  ) AS gain_standard_error
FROM text
CROSS JOIN (SELECT explode(run.datasets) AS dataset FROM record)
ORDER BY gain DESC NULLS LAST;

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## What datasets do together
-- MAGIC
-- MAGIC How much more (above 0) or less (below 0) one helps where the other is there already. `first_replaced`
-- MAGIC is the share of what the first gains without the second that is gone beside it.

-- COMMAND ----------

SELECT first, second, interaction, interaction_standard_error, first_replaced, second_replaced
FROM interactions
ORDER BY interaction;

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## How far to trust it
-- MAGIC
-- MAGIC Spearman's correlation of surrogates and models really fine-tuned: that of their ranks, ties
-- MAGIC sharing one. The base and the experts are left out, as the same model on both sides.

-- COMMAND ----------

WITH ranks AS (
  SELECT
    rank() OVER (ORDER BY surrogate_score)
      + (count(*) OVER (PARTITION BY surrogate_score) - 1) / 2 AS surrogate_rank,
    rank() OVER (ORDER BY real_score)
      + (count(*) OVER (PARTITION BY real_score) - 1) / 2 AS real_rank
  FROM fidelity
  WHERE role NOT IN ('base', 'single') AND (SELECT state FROM record) = 'CONFIRMED'
)
SELECT count(*) AS mixtures, corr(surrogate_rank, real_rank) AS spearman
FROM ranks;

-- COMMAND ----------

SELECT
  mixture,
  role,
  surrogate_score,
  surrogate_standard_error,
  real_score,
  real_standard_error,
  seeds,
  seed_deviation,
  corrected_score,
  confirm_score,
  confirm_standard_error,
  model
FROM fidelity
WHERE (SELECT state FROM record) = 'CONFIRMED'
ORDER BY role, mixture;

-- COMMAND ----------

-- MAGIC %md
-- MAGIC What mixtures should score if they were really trained, where a correction is worth applying:
-- MAGIC predictions, beside the scores of the surrogates.

-- COMMAND ----------

SELECT corrected_rank, mixture, corrected_score, corrected_standard_error, rank, score, real_score
FROM corrected
WHERE (SELECT state FROM record) = 'CONFIRMED'
ORDER BY corrected_rank
LIMIT 15;

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## What it cost
-- MAGIC
-- MAGIC A round's name says which strategy proposed it, and its number there. Two drivers at once may
-- MAGIC have evaluated a mixture twice; it is ranked once.

-- COMMAND ----------

SELECT
  strategy,
  number,
  count(DISTINCT mixture) AS mixtures,
  sum(merge_seconds) AS merge_seconds,
  sum(evaluate_seconds) AS evaluate_seconds
FROM evaluations
GROUP BY strategy, number
ORDER BY strategy, number;

-- COMMAND ----------

SELECT sum(train_seconds) AS train_seconds FROM fidelity;

-- COMMAND ----------

-- MAGIC %md
-- MAGIC ## As tables of a catalog
-- MAGIC
-- MAGIC For those who want them there, `CREATE TABLE mixes.ranked USING delta AS SELECT * FROM ranked`, or
-- MAGIC `USING iceberg`.
