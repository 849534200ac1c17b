package org.mergetomix.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.evaluation.Holdout;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.executor.TrainingJob;
import org.mergetomix.executor.TrainingOutcome;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.statistics.correction.Retention;

/**
 * Base, experts and their merge on the rows of each dataset that no expert was trained on.
 *
 * @param retention nothing where none could be measured, or there are fewer than two experts
 * @param unknown datasets whose expert was not fine-tuned here without these rows
 */
public record HeldOutRetention(Optional<Retention> retention, List<String> unknown) {

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
                retention(
                    spark,
                    new DatasetLosses(
                        manifest.with(merged), known, LanguageModelling.KIND, Optional.of(rows)),
                    configuration)),
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

  private static Retention retention(
      SparkSession spark, DatasetLosses losses, Configuration configuration) {
    Mixture all = Mixture.subset(losses.models().datasetIds());
    return Retention.of(
        losses.ask(
            spark,
            configuration,
            "retention",
            "Score experts on what was held out",
            (dataset, loss) ->
                new Retention.Losses(
                    dataset,
                    loss.of(Mixture.none()),
                    loss.of(Mixture.subset(List.of(dataset))),
                    loss.of(all))));
  }
}
