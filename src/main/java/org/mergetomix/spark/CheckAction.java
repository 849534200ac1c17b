package org.mergetomix.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.config.Configuration.Evaluation.Engine;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.manifest.Purpose;
import org.mergetomix.memory.MemoryCheck;
import org.mergetomix.memory.MemoryPlan;
import org.mergetomix.memory.TrainingMemory;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.plan.WorkerInquiry;
import org.mergetomix.preflight.Preflight;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.search.SearchPlan;

/** Checks that a run could start: every file, header, shape and text; writes nothing. */
public final class CheckAction {

  private final SparkSession spark;
  private final Manifest manifest;
  private final Configuration configuration;

  /** A check of these inputs. */
  public CheckAction(SparkSession spark, Manifest manifest, Configuration configuration) {
    this.spark = spark;
    this.manifest = manifest;
    this.configuration = configuration;
  }

  /**
   * What was found to be in order.
   *
   * @param datasets how many datasets there are
   * @param search what a search would evaluate
   * @param missingExperts the ids of datasets whose expert is still to be fine-tuned
   * @param memory what a search needs of an executor
   * @param training what fine-tuning the missing experts needs of an executor; empty if there are
   *     none, or a command trains them
   * @param warnings what is no problem, but a user should know
   */
  public record Result(
      int datasets,
      SearchPlan search,
      List<String> missingExperts,
      MemoryPlan memory,
      Optional<TrainingMemory> training,
      List<Problem> warnings) {}

  /**
   * Looks at everything.
   *
   * @throws UserException with all problems, if there are any; if an executor has not the memory
   *     for a search, with what that needs alone
   */
  public Result run() {
    SearchPlan search = SearchPlans.of(spark, manifest, configuration);
    InputAccess access = InputAccess.of(spark, configuration);
    try (InputFiles files = access.open()) {
      return run(search, access, files);
    }
  }

  private Result run(SearchPlan search, InputAccess access, InputFiles files) {
    Map<Boolean, List<Manifest.DatasetEntry>> datasets =
        manifest.datasets().stream()
            .collect(Collectors.partitioningBy(dataset -> canBeFineTunedLater(dataset, files)));
    List<Problem> missing = new ArrayList<>(missing(files, datasets.get(false), Purpose.SEARCHING));
    missing.addAll(missing(files, manifest.datasets(), Purpose.CONFIRMING));
    if (!datasets.get(true).isEmpty()) {
      missing.addAll(missing(files, datasets.get(true), Purpose.FINE_TUNING));
    }
    missing.addAll(MeasuredBaselines.problems(manifest, files, configuration));
    if (!missing.isEmpty()) {
      throw UserException.input(missing.stream().distinct().toList());
    }
    if (!datasets.get(true).isEmpty()) {
      TrainingCheck.require(spark, files, manifest.with(datasets.get(true)), configuration);
    }
    List<Manifest.DatasetEntry> withData =
        manifest.datasets().stream()
            .filter(dataset -> dataset.data().filter(data -> isThere(files, data)).isPresent())
            .toList();
    Optional<MemoryPlan> memory = new MemoryCheck(spark, files, configuration).plan(manifest);
    List<Problem> warnings =
        new ArrayList<>(
            new InputCheck(spark, access, files, configuration.evaluation().engine())
                .judging(manifest)
                .datasets(manifest, withData, TrainingPlan.heldOut(configuration))
                .run(manifest, datasets.get(false)));
    MeasuredBaselines.requireReading(manifest, files, configuration);
    warnings.addAll(memory.stream().flatMap(plan -> plan.warnings().stream()).toList());
    if (configuration.evaluation().engine() == Engine.WORKER) {
      warnings.addAll(WorkerWarnings.of(WorkerInquiry.check(spark, manifest, configuration)));
    }
    if (!configuration.output().isEmpty() && !configuration.requireOutput().isLocal()) {
      memory.flatMap(MemoryPlan::littleForAnotherModel).ifPresent(warnings::add);
    }
    return new Result(
        manifest.datasets().size(),
        search,
        datasets.get(true).stream().map(Manifest.DatasetEntry::id).toList(),
        memory.orElseThrow(),
        training(files, datasets.get(true)),
        warnings);
  }

  private Optional<TrainingMemory> training(InputFiles files, List<Manifest.DatasetEntry> missing) {
    return missing.isEmpty()
        ? Optional.empty()
        : TrainingCheck.memory(spark, files, manifest.with(missing), configuration, missing.size());
  }

  /**
   * Reads the base and the experts that are there whole, as a Spark job, and measures how far they
   * moved. What {@link #run} finds wrong must be mended first.
   *
   * @return the figures; none if there is no expert yet
   */
  public Preflight measure() {
    JavaSparkContext context = Session.context(spark);
    InputAccess access = InputAccess.of(spark, configuration);
    try (InputFiles files = access.open()) {
      return Preflights.ofFiles(
          context,
          access,
          manifest,
          manifest.datasets().stream().filter(dataset -> files.exists(dataset.expert())).toList());
    } finally {
      context.clearJobGroup();
    }
  }

  /**
   * How much a merge of all experts keeps of what each gained on the rows of its dataset that were
   * held out from its training. What {@link #run} finds wrong must be mended first.
   *
   * @return nothing where {@code training.held-out} is 0
   */
  public Optional<HeldOutRetention> retention() {
    return TrainingPlan.heldOut(configuration)
        .map(rows -> HeldOutRetention.measure(spark, manifest, configuration, rows));
  }

  private static boolean isThere(InputFiles files, Location data) {
    return files.dataProblems("The data", data, "").isEmpty();
  }

  private static boolean canBeFineTunedLater(Manifest.DatasetEntry dataset, InputFiles files) {
    return dataset.data().isPresent() && !files.exists(dataset.expert());
  }

  private List<Problem> missing(
      InputFiles files, List<Manifest.DatasetEntry> datasets, Purpose purpose) {
    return manifest.with(datasets).missingFiles(files, purpose);
  }
}
