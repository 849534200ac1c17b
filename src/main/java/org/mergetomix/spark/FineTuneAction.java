package org.mergetomix.spark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.executor.TrainingJob;
import org.mergetomix.executor.TrainingOutcome;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.manifest.Purpose;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/**
 * Fine-tunes an expert for every dataset that has none yet; experts whose inputs have not changed
 * stay, and the user's own are never overwritten.
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
   * Trains what is missing.
   *
   * @return an outcome a dataset, in ascending order of their ids
   * @throws UserException if an input is missing or broken, or a loss stops being a number
   */
  public List<TrainingOutcome> run() {
    InputAccess access = InputAccess.of(spark, configuration);
    try (InputFiles files = access.open()) {
      return run(access, files);
    }
  }

  private List<TrainingOutcome> run(InputAccess access, InputFiles files) {
    List<Manifest.DatasetEntry> trainable =
        manifest.datasets().stream().filter(dataset -> !given(dataset, files)).toList();
    Manifest training = new Manifest(manifest.file(), manifest.base(), trainable, manifest.tasks());
    requireData(training, files);
    new InputCheck(spark, access, files)
        .texts(trainable.stream().flatMap(dataset -> dataset.data().stream()).toList())
        .run(training, List.of());
    TrainingPlan plan = TrainingPlan.of(spark, training, configuration);
    List<TrainingJob> jobs = new ArrayList<>();
    for (Manifest.DatasetEntry dataset : trainable) {
      jobs.add(plan.job(Mixture.subset(List.of(dataset.id())), dataset.expert()));
    }
    List<TrainingOutcome> outcomes =
        new ArrayList<>(new TrainingJobs(spark, progress).run("finetune", jobs));
    for (Manifest.DatasetEntry dataset : manifest.datasets()) {
      if (given(dataset, files)) {
        outcomes.add(TrainingOutcome.given(dataset.id(), dataset.expert()));
      }
    }
    outcomes.sort(Comparator.comparing(TrainingOutcome::mixture));
    return List.copyOf(outcomes);
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
    if (!problems.isEmpty()) {
      throw UserException.usage(problems);
    }
    problems.addAll(manifest.missingFiles(files, Purpose.FINE_TUNING));
    if (!problems.isEmpty()) {
      throw UserException.input(problems);
    }
  }
}
