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
 * @param retention nothing where fewer than two experts could be measured
 * @param unknown datasets whose expert was not fine-tuned here without these rows
 */
public record HeldOutRetention(Optional<Retention> retention, List<String> unknown) {

  private static final Measure LOSS = LanguageModelling.KIND.measures().get(0);

  public HeldOutRetention {
    unknown = List.copyOf(unknown);
  }

  /** Measures the experts that are there. */
  static HeldOutRetention measure(
      SparkSession spark, Manifest manifest, Configuration configuration, Holdout rows) {
    List<String> unknown = new ArrayList<>();
    List<Manifest.DatasetEntry> known = new ArrayList<>();
    TrainingPlan training = TrainingPlan.of(spark, manifest, configuration);
    try (InputFiles files = InputAccess.of(spark, configuration).open()) {
      for (Manifest.DatasetEntry dataset : manifest.datasets()) {
        if (dataset.data().isPresent() && isTrained(training, dataset, files)) {
          known.add(dataset);
        } else {
          unknown.add(dataset.id());
        }
      }
    }
    return new HeldOutRetention(
        known.size() < 2
            ? Optional.empty()
            : Optional.of(retention(spark, judged(manifest, known, rows), configuration)),
        unknown);
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
    return manifest
        .with(datasets)
        .judgedBy(
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
    List<String> datasets = judged.datasetIds();
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
