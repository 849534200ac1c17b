package org.mergetomix.spark;

import java.io.Serializable;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.analysis.Fidelity;
import org.mergetomix.analysis.FidelityPoint;
import org.mergetomix.analysis.FidelitySelection;
import org.mergetomix.checkpoint.SafetensorsFile;
import org.mergetomix.config.Configuration;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.manifest.Purpose;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.table.Confirmation;
import org.mergetomix.table.FidelityRow;
import org.mergetomix.table.RankedTable;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.table.RunRecord;

/**
 * Really fine-tunes the winner and some other mixtures of a finished search, compares their scores
 * with those of their surrogates, and judges the winner on examples that took no part in choosing
 * it.
 */
public final class FidelityAction {

  private final SparkSession spark;
  private final Manifest manifest;
  private final Configuration configuration;
  private final Progress progress;
  private final RunDirectory directory;

  /** The fidelity of the run in the configured output directory. */
  public FidelityAction(
      SparkSession spark, Manifest manifest, Configuration configuration, Progress progress) {
    this.spark = spark;
    this.manifest = manifest;
    this.configuration = configuration;
    this.progress = progress;
    this.directory = new RunDirectory(Path.of(configuration.requireOutput()));
  }

  /**
   * What was found.
   *
   * @param record the run record as it was written
   * @param fidelity the figures; empty when too few mixtures were fine-tuned
   * @param winner the checkpoint of the winner, really fine-tuned
   */
  public record Result(RunRecord record, Optional<Fidelity> fidelity, Path winner) {}

  /**
   * Trains and compares.
   *
   * @throws UserException if there is no finished search in the output directory, or an input is
   *     missing or broken
   */
  public Result run() {
    long started = System.nanoTime();
    FineTuneAction.requireData(manifest);
    List<Problem> missing = manifest.missingFiles(Purpose.SEARCHING, Purpose.CONFIRMING);
    if (!missing.isEmpty()) {
      throw UserException.input(missing);
    }
    RunPlan plan = RunPlan.of(manifest, configuration);
    RunRecord record = directory.require();
    directory.claim(RunRecords.begin(plan, configuration));
    if (record.state() == RunRecord.State.SEARCHING) {
      throw UserException.input(
          "The search in the output directory is not finished",
          directory.path().toString(),
          "Run search again: it goes on where it stopped");
    }
    RankedTable ranked = directory.ranked(spark);
    Map<Mixture, String> roles = roles(plan, ranked);
    Mixture winner = Mixture.parse(ranked.at(1).mixture());

    List<TrainingOutcome> trained = train(roles);
    Map<Mixture, ModelScores> real = evaluate(plan, winner, models(plan, trained));
    ModelScores base = real.get(winner);
    if (base == null) {
      throw new IllegalStateException("The winner was not evaluated");
    }
    return null;
  }
}
