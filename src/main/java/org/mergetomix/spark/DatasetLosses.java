package org.mergetomix.spark;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.evaluation.Holdout;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.evaluation.TaskKind;
import org.mergetomix.evaluation.TaskSplit;
import org.mergetomix.executor.ExecutorRuntime;
import org.mergetomix.executor.NotANumber;
import org.mergetomix.executor.SlotLease;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.Attempt;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.spark.round.TaskGpus;

/**
 * Losses on rows of datasets, by the engine of a search: each dataset is a task of language
 * modelling, and a Spark task.
 *
 * @param models the base, and the datasets whose experts can be merged
 * @param read the datasets whose rows are read; all have data
 * @param kind which of these rows, and how
 * @param heldOut read only what is held out by this, where it is there
 */
record DatasetLosses(
    Manifest models, List<Manifest.DatasetEntry> read, TaskKind kind, Optional<Holdout> heldOut) {

  /** Bits per byte of the surrogate of a mixture on the rows of one dataset; finite. */
  @FunctionalInterface
  interface Loss {
    double of(Mixture mixture);
  }

  /** What is asked of each dataset. */
  @FunctionalInterface
  interface Question<T extends Serializable> extends Serializable {
    T ask(String dataset, Loss loss);
  }

  /**
   * The answers, in the order of the datasets.
   *
   * @param group what Spark's pages call the job, and describe it by
   * @throws UserException with everything that cannot be read, or scored by a number
   */
  <T extends Serializable> List<T> ask(
      SparkSession spark,
      Configuration configuration,
      String group,
      String description,
      Question<T> question) {
    RunPlan plan =
        RunPlan.of(spark, models.judgedBy(read.stream().map(this::task).toList()), configuration);
    TaskSplit split = heldOut.isPresent() ? TaskSplit.CONFIRM : TaskSplit.SEARCH;
    JavaSparkContext context = Session.context(spark);
    Broadcast<RunPlan> broadcast = context.broadcast(plan);
    List<String> datasets = read.stream().map(Manifest.DatasetEntry::id).toList();
    context.setJobGroup(group, description, false);
    try {
      return Attempt.results(
          TaskGpus.ask(
                  context.parallelize(datasets, datasets.size()),
                  configuration.spark().gpusPerTask())
              .map(dataset -> Attempt.of(() -> answer(broadcast.value(), dataset, split, question)))
              .collect());
    } finally {
      context.clearJobGroup();
      broadcast.destroy();
    }
  }

  private Manifest.TaskEntry task(Manifest.DatasetEntry dataset) {
    return new Manifest.TaskEntry(
        dataset.id(),
        kind,
        LanguageModelling.BITS_PER_BYTE,
        dataset.data().orElseThrow(),
        dataset.columns(),
        Optional.empty(),
        heldOut,
        Optional.empty(),
        1,
        OptionalDouble.empty());
  }

  private static <T extends Serializable> T answer(
      RunPlan plan, String dataset, TaskSplit split, Question<T> question) {
    try (SlotLease lease = ExecutorRuntime.lease(plan)) {
      return question.ask(dataset, mixture -> loss(plan, lease, dataset, split, mixture));
    }
  }

  private static double loss(
      RunPlan plan, SlotLease lease, String dataset, TaskSplit split, Mixture mixture) {
    lease.merge(mixture);
    ExampleScores scores =
        lease.call(slot -> slot.scores(dataset, split, LanguageModelling.BITS_PER_BYTE));
    if (!scores.finite()) {
      List<Problem> inputs = lease.withRuntime(runtime -> runtime.notNumbers(mixture));
      throw NotANumber.of(dataset, inputs, plan.model())
          .with(
              problem ->
                  new Problem(problem.what(), "data of dataset " + dataset, problem.remedy()));
    }
    return scores.mean().value();
  }
}
