package org.mergetomix.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.evaluation.Holdout;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.evaluation.TaskSplit;
import org.mergetomix.executor.ExecutorRuntime;
import org.mergetomix.executor.SlotLease;
import org.mergetomix.executor.TrainingJob;
import org.mergetomix.executor.TrainingOutcome;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.Attempt;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.score.Measure;
import org.mergetomix.statistics.correction.Retention;

/**
 * Base, experts and their merge on the rows of each dataset that no expert was trained on.
 *
 * @param retention nothing where none could be measured, or there are fewer than two experts
 * @param unknown datasets whose expert was not fine-tuned here without these rows
 */
public record HeldOutRetention(Optional<Retention> retention, List<String> unknown) {

  private static final Measure LOSS = LanguageModelling.KIND.measures().get(0);

  public HeldOutRetention {
    unknown = List.copyOf(unknown);
  }

  /**
   * Measures the experts that are there and were trained without the rows, in a merge of all that
   * are there.
   */
  static HeldOutRetention measure(
      SparkSession spark, Manifest manifest, Configuration configuration, Holdout rows) {
    List<Manifest.DatasetEntry> merged;
    List<Manifest.DatasetEntry> known = new ArrayList<>();
    try (InputFiles files = InputAccess.of(spark, configuration).open()) {
      merged =
          manifest.datasets().stream().filter(dataset -> files.exists(dataset.expert())).toList();
      List<Manifest.DatasetEntry> readable =
          merged.stream().filter(dataset -> isReadable(dataset, files)).toList();
      if (!readable.isEmpty()) {
        TrainingPlan training = TrainingPlan.of(spark, manifest.with(readable), configuration);
        readable.stream()
            .filter(dataset -> isTrained(training, dataset, files))
            .forEach(known::add);
      }
    }
    List<String> unknown =
        manifest.datasets().stream()
            .filter(dataset -> !known.contains(dataset))
            .map(Manifest.DatasetEntry::id)
            .toList();
    return new HeldOutRetention(
        known.isEmpty() || merged.size() < 2
            ? Optional.empty()
            : Optional.of(
                retention(spark, judged(manifest.with(merged), known, rows), configuration)),
        unknown);
  }

  private static boolean isReadable(Manifest.DatasetEntry dataset, InputFiles files) {
    return dataset
        .data()
        .filter(data -> files.dataProblems("The data", data, "").isEmpty())
        .isPresent();
  }

  private static boolean isTrained(
      TrainingPlan training, Manifest.DatasetEntry dataset, InputFiles files) {
    TrainingJob job = training.job(Mixture.subset(List.of(dataset.id())), dataset.expert());
    return PresentModel.find(job, files)
        .filter(present -> present.origin() == TrainingOutcome.Origin.REUSED)
        .isPresent();
  }

  /** Each dataset is a task, whose rows that judge are those that are held out. */
  private static Manifest judged(
      Manifest manifest, List<Manifest.DatasetEntry> datasets, Holdout rows) {
    return manifest.judgedBy(
        datasets.stream()
            .map(
                dataset ->
                    new Manifest.TaskEntry(
                        dataset.id(),
                        LanguageModelling.KIND,
                        LOSS,
                        dataset.data().orElseThrow(),
                        dataset.columns(),
                        Optional.empty(),
                        Optional.of(rows),
                        Optional.empty(),
                        1,
                        OptionalDouble.empty()))
            .toList());
  }

  private static Retention retention(
      SparkSession spark, Manifest judged, Configuration configuration) {
    RunPlan plan = RunPlan.of(spark, judged, configuration);
    JavaSparkContext context = Session.context(spark);
    Broadcast<RunPlan> broadcast = context.broadcast(plan);
    List<String> datasets = judged.tasks().stream().map(Manifest.TaskEntry::id).toList();
    context.setJobGroup("retention", "Score experts on what was held out", false);
    try {
      return Retention.of(
          Attempt.results(
              context
                  .parallelize(datasets, datasets.size())
                  .map(dataset -> Attempt.of(() -> losses(broadcast.value(), dataset)))
                  .collect()));
    } finally {
      context.clearJobGroup();
      broadcast.destroy();
    }
  }

  private static Retention.Losses losses(RunPlan plan, String dataset) {
    try (SlotLease lease = ExecutorRuntime.lease(plan)) {
      return new Retention.Losses(
          dataset,
          loss(lease, dataset, Mixture.none()),
          loss(lease, dataset, Mixture.subset(List.of(dataset))),
          loss(lease, dataset, Mixture.subset(plan.experts().keySet())));
    }
  }

  private static double loss(SlotLease lease, String dataset, Mixture mixture) {
    lease.merge(mixture);
    return lease.call(slot -> slot.scores(dataset, TaskSplit.CONFIRM, LOSS)).mean().value();
  }
}
