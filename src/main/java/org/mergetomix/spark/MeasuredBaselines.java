package org.mergetomix.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.config.Configuration.Evaluation.Engine;
import org.mergetomix.evaluation.SampledModelling;
import org.mergetomix.manifest.Baselines;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.manifest.Purpose;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.BaseModel;
import org.mergetomix.plan.FactorsCheck;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.plan.WorkerInquiry;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/**
 * What is measured of datasets without their experts, where {@code baselines.rows} asks for it: the
 * base's loss on a sample of each, and how large each is.
 */
final class MeasuredBaselines {

  private MeasuredBaselines() {}

  /** What stands in the way; nothing where nothing is to be measured. */
  static List<Problem> problems(Manifest manifest, InputFiles files, Configuration configuration) {
    if (isKnown(manifest, configuration, Baselines.LOSS)
        && isKnown(manifest, configuration, Baselines.SHARE)) {
      return List.of();
    }
    List<Problem> problems = new ArrayList<>();
    for (Manifest.DatasetEntry dataset : manifest.datasets()) {
      dataset
          .data()
          .ifPresentOrElse(
              data ->
                  problems.addAll(
                      files.dataProblems(
                          "The data of dataset " + dataset.id(),
                          data,
                          "Correct its path in " + manifest.file())),
              () ->
                  problems.add(
                      new Problem(
                          "Dataset %s has no data, of which baselines could be measured"
                              .formatted(dataset.id()),
                          manifest.file().toString(),
                          "Give it the key data, or set baselines.rows to 0")));
    }
    return List.copyOf(problems);
  }

  /**
   * Makes sure that the base can read texts, which tasks of lm-eval do not ask of it. Does nothing
   * where its loss is not to be measured.
   *
   * @param manifest with one dataset or more
   * @throws UserException with everything that is in the way
   */
  static void requireReading(Manifest manifest, InputFiles files, Configuration configuration) {
    if (!isKnown(manifest, configuration, Baselines.LOSS)) {
      reading(manifest, files, configuration);
    }
  }

  private static void reading(Manifest manifest, InputFiles files, Configuration configuration) {
    try {
      BaseModel.toEvaluate(files, manifest, configuration.evaluation().engine()).reading();
    } catch (UserException problems) {
      throw files.named(problems);
    }
  }

  /**
   * Makes sure that the base can be asked, before there are datasets; looks at its headers and
   * small files, and asks a worker where one evaluates. Does nothing where nothing is to be
   * measured.
   *
   * @param manifest without datasets and tasks
   * @throws UserException with everything that is wrong with the base
   */
  static void requireBase(
      SparkSession spark, Manifest manifest, InputFiles files, Configuration configuration) {
    if (configuration.baselines().rows() == 0) {
      return;
    }
    UserException.inputIfAny(manifest.missingFiles(files, Purpose.SEARCHING));
    InputAccess access = InputAccess.of(spark, configuration);
    new InputCheck(spark, access, files, configuration.evaluation().engine())
        .run(manifest, List.of());
    reading(manifest, files, configuration);
    FactorsCheck.require(manifest, configuration, files);
    if (configuration.evaluation().engine() == Engine.WORKER) {
      WorkerInquiry.check(spark, manifest, configuration);
    }
  }

  /**
   * The manifest with what it does not say already.
   *
   * @throws UserException if data cannot be read, or the base's loss on it is no number
   */
  static Manifest added(SparkSession spark, Manifest manifest, Configuration configuration) {
    SortedMap<String, SortedMap<String, Double>> found = new TreeMap<>();
    manifest.datasetIds().forEach(dataset -> found.put(dataset, new TreeMap<>()));
    if (!isKnown(manifest, configuration, Baselines.SHARE)) {
      SortedMap<String, Long> rows = DatasetAmounts.examples(spark, manifest, configuration);
      double all = rows.values().stream().mapToLong(Long::longValue).sum();
      rows.forEach((dataset, count) -> found.get(dataset).put(Baselines.SHARE, count / all));
    }
    if (!isKnown(manifest, configuration, Baselines.LOSS)) {
      losses(spark, manifest, configuration)
          .forEach((dataset, loss) -> found.get(dataset).putAll(Baselines.ofLoss(loss)));
    }
    return manifest.with(
        manifest.datasets().stream()
            .map(dataset -> dataset.knowing(found.get(dataset.id())))
            .toList());
  }

  /** All datasets have the same names. */
  private static boolean isKnown(Manifest manifest, Configuration configuration, String name) {
    return configuration.baselines().rows() == 0
        || manifest.datasets().get(0).baselines().containsKey(name);
  }

  /**
   * The base's bits per byte on a sample of each dataset, by its id.
   *
   * @param manifest each of whose datasets has data
   * @throws UserException as {@link #added}
   */
  static SortedMap<String, Double> losses(
      SparkSession spark, Manifest manifest, Configuration configuration) {
    List<Manifest.DatasetEntry> datasets = manifest.datasets();
    List<Double> found =
        new DatasetLosses(
                manifest.with(List.of()),
                datasets,
                new SampledModelling(configuration.baselines().rows(), configuration.seed()),
                Optional.empty())
            .ask(
                spark,
                configuration,
                "baselines",
                "Measure the base's loss on each dataset",
                (dataset, loss) -> loss.of(Mixture.none()));
    SortedMap<String, Double> losses = new TreeMap<>();
    for (int i = 0; i < found.size(); i++) {
      losses.put(datasets.get(i).id(), found.get(i));
    }
    return losses;
  }
}
