package org.mergetomix.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.evaluation.SampledModelling;
import org.mergetomix.manifest.Baselines;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.manifest.Purpose;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.BaseModel;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.table.RunRecord;

/**
 * What is measured of datasets without their experts, where {@code baselines.rows} asks for it: the
 * base's loss on a sample of each, and how large each is.
 */
final class MeasuredBaselines {

  private MeasuredBaselines() {}

  /** What stands in the way; nothing where nothing is to be measured. */
  static List<Problem> problems(Manifest manifest, InputFiles files, Configuration configuration) {
    boolean lossIsKnown = isKnown(manifest, configuration, Baselines.LOSS);
    if (lossIsKnown && isKnown(manifest, configuration, Baselines.SHARE)) {
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
    if (!lossIsKnown && manifest.missingFiles(files, Purpose.SEARCHING).isEmpty()) {
      problems.addAll(unreadable(manifest, files, configuration));
    }
    return List.copyOf(problems);
  }

  /** Why the base cannot read texts, which tasks of lm-eval do not ask of it. */
  private static List<Problem> unreadable(
      Manifest manifest, InputFiles files, Configuration configuration) {
    try {
      BaseModel.toEvaluate(files, manifest, configuration.evaluation().engine()).reading();
      return List.of();
    } catch (UserException problems) {
      return files.named(problems).problems();
    }
  }

  /**
   * Makes sure that the base can be asked, before there are datasets; looks at its headers and
   * small files. Does nothing where nothing is to be measured.
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
    UserException.inputIfAny(unreadable(manifest, files, configuration));
    RunPlan.of(spark, manifest, configuration);
  }

  /**
   * The manifest with what an earlier start of the same run measured, so that a run measures once.
   *
   * @param before the run that was there, if there was one; read where it matters
   */
  static Manifest remembered(
      Manifest manifest, Supplier<Optional<RunRecord>> before, Configuration configuration) {
    if (configuration.baselines().rows() == 0) {
      return manifest;
    }
    return before
        .get()
        .map(RunRecord::start)
        .filter(start -> isMeasuredAlike(start.configuration(), configuration.asMap()))
        .map(RunRecord.Start::baselines)
        .filter(found -> found.keySet().containsAll(manifest.datasetIds()))
        .map(
            found ->
                manifest.with(
                    manifest.datasets().stream()
                        .map(dataset -> dataset.knowing(measured(found.get(dataset.id()))))
                        .toList()))
        .orElse(manifest);
  }

  private static boolean isMeasuredAlike(Map<String, String> before, Map<String, String> now) {
    return Stream.of("baselines.rows", "seed", "manifest")
        .allMatch(key -> now.get(key).equals(before.get(key)));
  }

  private static Map<String, Double> measured(SortedMap<String, Double> numbers) {
    SortedMap<String, Double> measured = new TreeMap<>(numbers);
    measured.keySet().retainAll(Baselines.MEASURED);
    return measured;
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
