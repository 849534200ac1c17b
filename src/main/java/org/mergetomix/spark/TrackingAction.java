package org.mergetomix.spark;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.mlflow.MlflowSettings;
import org.mergetomix.mlflow.SearchRun;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.table.RunRecord;

/** Tells an MLflow server what a search found, where one is configured. */
public final class TrackingAction {

  /** Keys that say how it was searched; all others may change without another search. */
  private static final List<String> SEARCHED = List.of("seed", "merge.", "search.", "evaluation.");

  private final SparkSession spark;
  private final Configuration configuration;

  /** For the run in the configured output directory, whose report is there. */
  public TrackingAction(SparkSession spark, Configuration configuration) {
    this.spark = spark;
    this.configuration = configuration;
  }

  /**
   * Tells it. A server that cannot be told fails nothing.
   *
   * @return what a user should know of it
   */
  public Optional<Problem> run() {
    MlflowSettings settings = configuration.mlflow();
    if (settings.trackingUri().isEmpty()) {
      return Optional.empty();
    }
    try {
      return tell(settings)
          .map(
              refused ->
                  new Problem(
                      "MLflow was told of the search. " + refused,
                      settings.trackingUri(),
                      "Start it with --serve-artifacts"));
    } catch (IOException | UserException failure) {
      return Optional.of(
          new Problem(
              "MLflow was not told of the search: " + said(failure),
              settings.trackingUri(),
              "The next search or report with the same output tells it"));
    }
  }

  /** Failures to connect say nothing but what they are. */
  private static String said(Exception failure) {
    return Optional.ofNullable(failure.getMessage())
        .orElseGet(() -> failure.getClass().getSimpleName());
  }

  private Optional<String> tell(MlflowSettings settings) throws IOException {
    RunDirectory directory =
        new RunDirectory(configuration.requireOutput(), spark.sparkContext().hadoopConfiguration());
    RunRecord record = directory.require();
    List<RankedRow> best = directory.ranked(spark).top(1);
    try (InputFiles files = InputAccess.of(spark, configuration).open()) {
      return told(record, best, directory.report(), configuration.spark().appName())
          .tell(settings, System.getenv(), files.fetch(directory.report(), ""));
    }
  }

  /** A search as it is told; what the command that tells it was given is none of it. */
  static SearchRun told(RunRecord record, List<RankedRow> best, Location report, String called) {
    SortedMap<String, String> parameters = new TreeMap<>(record.start().configuration());
    parameters.keySet().removeIf(key -> SEARCHED.stream().noneMatch(key::startsWith));
    SortedMap<String, String> tags = new TreeMap<>();
    SortedMap<String, Double> metrics = new TreeMap<>();
    best.forEach(
        row -> {
          tags.put("best", row.mixture());
          metrics.put("best_score", row.score().value());
          metrics.put("best_score_standard_error", row.score().standardError());
        });
    tags.put("datasets", String.join(",", record.run().datasets()));
    tags.put("unit", record.search().objective().unit());
    tags.put("ranked_digest", record.rankedDigest());
    tags.put("report", report.text());
    // Metrics of an earlier ranking stay in a run that is told again.
    tags.put("fidelity", record.fidelity().figures().isEmpty() ? "none" : "measured");
    metrics.put("mixtures_evaluated", (double) record.counts().evaluated());
    metrics.put("mixtures_failed", (double) record.counts().failed());
    metrics.put("merge_seconds", record.seconds().merge());
    metrics.put("evaluate_seconds", record.seconds().evaluate());
    metrics.put("training_seconds", record.seconds().training());
    record
        .fidelity()
        .figures()
        .forEach((name, value) -> metrics.put("fidelity." + name.replace(' ', '_'), value));
    return new SearchRun(
        record.runId(),
        called,
        record.times().started(),
        record.times().updated(),
        parameters,
        metrics,
        tags);
  }
}
