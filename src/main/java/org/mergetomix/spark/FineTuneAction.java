package org.mergetomix.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.config.Configuration.Evaluation.Engine;
import org.mergetomix.executor.TakenExpert;
import org.mergetomix.executor.TrainingJob;
import org.mergetomix.executor.TrainingOutcome;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.manifest.Purpose;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.Attempt;
import org.mergetomix.plan.FactorsCheck;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.spark.round.Progress;

/**
 * Fine-tunes an expert for every dataset that has none yet; experts whose inputs have not changed
 * stay, those that another run has of the same inputs are taken over, and the user's own are never
 * overwritten.
 */
public final class FineTuneAction {

  private final SparkSession spark;
  private final Manifest manifest;
  private final Configuration configuration;
  private final Progress progress;

  /** Fine-tuning for these inputs. */
  public FineTuneAction(
      SparkSession spark, Manifest manifest, Configuration configuration, Progress progress) {
    this.spark = spark;
    this.manifest = manifest;
    this.configuration = configuration;
    this.progress = progress;
  }

  /**
   * What came of it.
   *
   * @param outcomes one a dataset, in ascending order of their ids
   * @param warnings why experts of other runs were not taken over
   */
  public record Result(List<TrainingOutcome> outcomes, List<Problem> warnings) {

    public Result {
      outcomes = List.copyOf(outcomes);
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Trains what is missing.
   *
   * @throws UserException if an input is missing or broken, or a loss stops being a number
   */
  public Result run() {
    InputAccess access = InputAccess.of(spark, configuration);
    try (InputFiles files = access.open()) {
      return run(access, files);
    }
  }

  private Result run(InputAccess access, InputFiles files) {
    requireOwnExperts();
    FactorsCheck.require(manifest, configuration, files);
    List<Manifest.DatasetEntry> trainable =
        manifest.datasets().stream().filter(dataset -> !given(dataset, files)).toList();
    if (trainable.isEmpty()) {
      return new Result(given(files), List.of());
    }
    Manifest training = manifest.with(trainable);
    requireData(training, files);
    TrainingCheck.require(spark, files, training, configuration);
    new InputCheck(spark, access, files, evaluator())
        .datasets(training, trainable, TrainingPlan.heldOut(configuration))
        .run(training, List.of());
    TrainingCheck.memory(spark, files, training, configuration, trainable.size());
    TrainingPlan plan = TrainingPlan.of(spark, training, configuration);
    List<TrainingJob> jobs = new ArrayList<>();
    for (Manifest.DatasetEntry dataset : trainable) {
      jobs.add(plan.job(Mixture.subset(List.of(dataset.id())), dataset.expert()));
    }
    OtherExperts others = OtherExperts.of(spark, configuration);
    List<TrainingOutcome> outcomes = new ArrayList<>(taken(jobs, others, files));
    TreeSet<String> there = new TreeSet<>();
    outcomes.forEach(outcome -> there.add(outcome.mixture()));
    outcomes.addAll(
        new TrainingJobs(spark, configuration, progress)
            .run(
                "finetune",
                jobs.stream().filter(job -> !there.contains(job.mixture().id())).toList()));
    outcomes.addAll(given(files));
    outcomes.sort(Comparator.comparing(TrainingOutcome::mixture));
    return new Result(outcomes, others.differences());
  }

  /** What other runs have of the models that are missing, written here by a task each. */
  private List<TrainingOutcome> taken(
      List<TrainingJob> jobs, OtherExperts others, InputFiles files) {
    if (configuration.reuse().isEmpty()) {
      return List.of();
    }
    List<TakenExpert> experts =
        jobs.stream()
            .filter(job -> PresentModel.find(job, files).isEmpty())
            .flatMap(job -> others.find(job, files).stream())
            .toList();
    if (experts.isEmpty()) {
      return List.of();
    }
    JavaSparkContext context = Session.context(spark);
    context.setJobGroup("finetune", "Take over %s experts".formatted(experts.size()), false);
    try {
      return Attempt.results(
          context
              .parallelize(experts, experts.size())
              .map(expert -> Attempt.of(expert::take))
              .collect());
    } finally {
      context.clearJobGroup();
    }
  }

  /** The user's own experts, in ascending order of their datasets. */
  private List<TrainingOutcome> given(InputFiles files) {
    return manifest.datasets().stream()
        .filter(dataset -> given(dataset, files))
        .map(dataset -> TrainingOutcome.given(dataset.id(), dataset.expert()))
        .sorted(Comparator.comparing(TrainingOutcome::mixture))
        .toList();
  }

  /** What is to compute with the base; DJL where it trains. */
  private Engine evaluator() {
    return configuration.training().engine() == Configuration.Training.Trainer.DJL
        ? Engine.DJL
        : configuration.evaluation().engine();
  }

  /** Two datasets with one expert would be trained over each other, whatever its spellings. */
  private void requireOwnExperts() {
    Map<String, String> owners = new TreeMap<>();
    List<Problem> problems = new ArrayList<>();
    for (Manifest.DatasetEntry dataset : manifest.datasets()) {
      String owner = owners.putIfAbsent(place(dataset.expert()), dataset.id());
      if (owner != null) {
        problems.add(
            new Problem(
                "The datasets %s and %s have the same expert, %s"
                    .formatted(owner, dataset.id(), dataset.expert()),
                manifest.file().toString(),
                "Give each an expert of its own"));
      }
    }
    UserException.usageIfAny(problems);
  }

  /** Where a file lies, links followed as far as they are there. */
  private static String place(Location location) {
    if (!location.isLocal()) {
      return location.text();
    }
    Path path = location.path().toAbsolutePath().normalize();
    for (Path there = path; there != null; there = there.getParent()) {
      if (Files.exists(there)) {
        try {
          return there.toRealPath().resolve(there.relativize(path)).toString();
        } catch (IOException unreadable) {
          return path.toString();
        }
      }
    }
    return path.toString();
  }

  /** An expert that is there and could not be trained here: it is the user's own. */
  private static boolean given(Manifest.DatasetEntry dataset, InputFiles files) {
    return dataset.data().isEmpty() && files.exists(dataset.expert());
  }

  /** Every dataset must have data, and the files must be there. */
  static void requireData(Manifest manifest, InputFiles files) {
    List<Problem> problems = new ArrayList<>();
    for (Manifest.DatasetEntry dataset : manifest.datasets()) {
      if (dataset.data().isEmpty()) {
        problems.add(
            new Problem(
                "Dataset " + dataset.id() + " has no data to fine-tune on",
                manifest.file().toString(),
                "Give it the key data"));
      }
    }
    UserException.usageIfAny(problems);
    problems.addAll(manifest.missingFiles(files, Purpose.FINE_TUNING));
    UserException.inputIfAny(problems);
  }
}
