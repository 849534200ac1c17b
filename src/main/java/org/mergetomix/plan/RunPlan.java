package org.mergetomix.plan;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.config.Configuration.Evaluation.Engine;
import org.mergetomix.folder.Digests;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.merge.MergeDevice;
import org.mergetomix.merge.MergeMethod;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.Precision;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.Objective;
import org.mergetomix.table.RunRecord;
import org.mergetomix.worker.WorkerLaunch;

/**
 * Everything that an executor needs to merge and evaluate mixtures; broadcast once a run.
 *
 * @param access how a JVM gets at the inputs
 * @param model what computes
 * @param base the base checkpoint
 * @param experts the expert of every dataset, by id
 * @param tasks what surrogates are evaluated on
 * @param method the merge method with its parameters
 * @param buffers prefix sums that a slot keeps
 * @param threads that merge one mixture
 * @param mergeDevice where surrogates are merged
 * @param batchSize windows evaluated at once
 */
public record RunPlan(
    InputAccess access,
    ModelInput model,
    BaseInput base,
    SortedMap<String, ExpertInput> experts,
    List<TaskPlan> tasks,
    MergeMethod method,
    int buffers,
    int threads,
    MergeDevice mergeDevice,
    int batchSize)
    implements Serializable {

  /**
   * Reads every input once for its digest. Slots keep no prefix sums, unless it is said {@link
   * #keeping otherwise}: mixtures need not be neighbours.
   *
   * @throws UserException if one does not have the sha256 that the manifest gives
   */
  public static RunPlan of(SparkSession spark, Manifest manifest, Configuration configuration) {
    return of(spark, manifest, configuration, Purpose.EVALUATING);
  }

  /** The same for merging alone, which takes a base of any kind and has no tasks. */
  public static RunPlan toMerge(
      SparkSession spark, Manifest manifest, Configuration configuration) {
    return of(spark, manifest, configuration, Purpose.MERGING);
  }

  private enum Purpose {
    EVALUATING,
    MERGING
  }

  private static RunPlan of(
      SparkSession spark, Manifest manifest, Configuration configuration, Purpose purpose) {
    if (purpose == Purpose.EVALUATING) {
      BaseModel.requireTasks(manifest, configuration.evaluation().engine());
    }
    InputAccess access = InputAccess.of(spark, configuration);
    TaskShare task = TaskShare.of(spark, configuration);
    try (InputFiles files = access.open()) {
      if (purpose == Purpose.EVALUATING) {
        FactorsCheck.require(manifest, configuration, files);
      }
      SortedMap<Location, FileInput> inputs = read(spark, access, files, manifest, purpose);
      try {
        BaseModel base =
            purpose == Purpose.MERGING
                ? BaseModel.toMerge(files, manifest)
                : BaseModel.toEvaluate(files, manifest, configuration.evaluation().engine());
        return of(spark, access, files, manifest, configuration, purpose, base, inputs, task);
      } catch (UserException problems) {
        throw files.named(problems);
      }
    }
  }

  private static RunPlan of(
      SparkSession spark,
      InputAccess access,
      InputFiles files,
      Manifest manifest,
      Configuration configuration,
      Purpose purpose,
      BaseModel base,
      SortedMap<Location, FileInput> inputs,
      TaskShare task) {
    SortedMap<String, ExpertInput> experts = new TreeMap<>();
    for (Manifest.DatasetEntry dataset : manifest.datasets()) {
      experts.put(
          dataset.id(),
          ExpertInput.of(
              inputs.get(dataset.expert()), dataset.policy(), files.headers(dataset.expert())));
    }
    Optional<WorkerLaunch.Description> worker =
        purpose == Purpose.EVALUATING && configuration.evaluation().engine() == Engine.WORKER
            ? Optional.of(WorkerInquiry.of(spark, manifest, configuration))
            : Optional.empty();
    return new RunPlan(
        access,
        purpose == Purpose.MERGING
            ? new ModelInput.Unneeded()
            : model(configuration, base, inputs, task, worker),
        base.base(inputs),
        experts,
        purpose == Purpose.MERGING ? List.of() : tasks(files, manifest, base, inputs, worker),
        method(configuration),
        0,
        configuration.merge().threads().orElse(task.cpus()),
        purpose == Purpose.MERGING ? MergeDevice.CPU : mergeDevice(configuration, task),
        configuration.evaluation().batchSize());
  }

  private static ModelInput model(
      Configuration configuration,
      BaseModel base,
      SortedMap<Location, FileInput> inputs,
      TaskShare task,
      Optional<WorkerLaunch.Description> worker) {
    Precision precision = base.precision(configuration.evaluation().precision(), task);
    return worker
        .map(told -> base.worker(configuration.worker(), precision, told))
        .orElseGet(() -> base.model(inputs, precision));
  }

  private static List<TaskPlan> tasks(
      InputFiles files,
      Manifest manifest,
      BaseModel base,
      SortedMap<Location, FileInput> inputs,
      Optional<WorkerLaunch.Description> worker) {
    List<TaskPlan> tasks = new ArrayList<>();
    worker.ifPresent(told -> tasks.addAll(HarnessTasks.of(manifest, told.tasks())));
    if (manifest.tasks().isEmpty()) {
      return List.copyOf(tasks);
    }
    BaseModel.Reading reading = base.reading();
    base.requireAnswers(reading.context());
    for (Manifest.TaskEntry task : manifest.tasks()) {
      tasks.add(
          new TaskPlan.OfTexts(
              task.kind(),
              reading.text(files, task.data(), task.columns(), inputs),
              task.confirmedBy().stream()
                  .map(confirm -> reading.text(files, confirm, task.columns(), inputs))
                  .toList(),
              task.holdout().stream().toList(),
              task.shots().stream()
                  .map(worked -> reading.text(files, worked, task.columns(), inputs))
                  .toList(),
              new Objective.Term(task.id(), task.measure(), task.weight(), task.scale())));
    }
    return List.copyOf(tasks);
  }

  /**
   * The merge method that the configuration asks for.
   *
   * @throws UserException if it cannot be
   */
  public static MergeMethod method(Configuration configuration) {
    return MergeMethod.of(configuration.merge().settings(), configuration.seed());
  }

  /**
   * Where surrogates are merged.
   *
   * @throws UserException usage, if it cannot be there
   */
  public static MergeDevice mergeDevice(Configuration configuration, TaskShare task) {
    MergeDevice device = configuration.merge().device().orElse(MergeDevice.CPU);
    if (device == MergeDevice.GPU && task.gpus() == 0) {
      throw UserException.usage(
          "merge.device is gpu, but tasks ask Spark for none",
          "spark.gpus-per-task",
          "Set it to 1, or merge.device to cpu");
    }
    if (device == MergeDevice.GPU && configuration.evaluation().engine() == Engine.WORKER) {
      throw UserException.usage(
          "merge.device is gpu, but surrogates are merged into shared memory for workers",
          "evaluation.engine",
          "Set merge.device to cpu, or evaluation.engine to djl");
    }
    MergeMethod method = method(configuration);
    if (device == MergeDevice.GPU && !method.isLinear()) {
      throw UserException.usage(
          "merge.device is gpu, but %s is not a weighted sum of whole deltas".formatted(method),
          "merge.method",
          "Set merge.device to cpu, or merge by average, linear or task-arithmetic without a"
              + " lines.alpha or lines.beta that is measured");
    }
    return device;
  }

  private static SortedMap<Location, FileInput> read(
      SparkSession spark,
      InputAccess access,
      InputFiles files,
      Manifest manifest,
      Purpose purpose) {
    InputDigests inputs =
        new InputDigests(spark, access).add(manifest.base().checkpoint(), manifest.base().sha256());
    if (purpose == Purpose.EVALUATING) {
      manifest.base().model().ifPresent(graph -> inputs.add(graph, Optional.empty()));
    }
    manifest.datasets().forEach(dataset -> inputs.add(dataset.expert(), dataset.sha256()));
    for (Manifest.TaskEntry task : manifest.tasks()) {
      inputs.addData(files, task.data());
      task.confirm().ifPresent(confirm -> inputs.addData(files, confirm));
      task.shots().ifPresent(worked -> inputs.addData(files, worked));
    }
    return inputs.read();
  }

  /**
   * The same with all inputs on this host, as files of it.
   *
   * @throws UserException if one cannot be fetched
   */
  public RunPlan fetched(InputFiles files) {
    SortedMap<String, ExpertInput> here = new TreeMap<>();
    experts.forEach((id, expert) -> here.put(id, expert.fetched(files)));
    return new RunPlan(
        access,
        model.fetched(files),
        base.fetched(files),
        here,
        tasks.stream().map(task -> task.fetched(files)).toList(),
        method,
        buffers,
        threads,
        mergeDevice,
        batchSize);
  }

  /** The same whose slots keep sums of so many prefixes, which makes neighbours cheaper. */
  public RunPlan keeping(int prefixes) {
    return new RunPlan(
        access, model, base, experts, tasks, method, prefixes, threads, mergeDevice, batchSize);
  }

  /**
   * Everything that decides a score, by name. Which mixtures are asked for, and what the tasks
   * weigh, decide only which of the scores are looked at and how.
   */
  public SortedMap<String, String> identity() {
    SortedMap<String, String> identity = new TreeMap<>();
    identity.put("base", base.digest());
    identity.put("model", model.identity());
    if (!base.family().isEmpty()) {
      identity.put("base family", base.family());
    }
    identity.put("merge.method", method.describe());
    identity.put("merge.device", mergeDevice.key());
    identity.put("evaluation.batch-size", String.valueOf(batchSize));
    identity.put("evaluation.precision", model.precision().key());
    experts.forEach((id, expert) -> identity.put("expert " + id, expert.identity()));
    tasks.forEach(task -> identity.put("task " + task.id(), task.identity()));
    return identity;
  }

  /** A hash of {@link #identity}: names the run. */
  public String runId() {
    return Digests.sha256(identity().toString()).substring(0, 16);
  }

  /** The key of one evaluation: made of contents, never of paths or positions. */
  public String key(Mixture mixture, TaskPlan task) {
    List<String> parts = new ArrayList<>();
    parts.add(model.identity());
    parts.add(model.precision().key());
    parts.add(base.digest());
    parts.add(base.family());
    parts.add(method.describe());
    parts.add(mergeDevice.key());
    parts.add(task.identity());
    parts.add(String.valueOf(batchSize));
    for (String dataset : mixture.datasets()) {
      parts.add(experts.get(dataset).identity());
      parts.add(String.valueOf(mixture.mergeWeight(dataset)));
    }
    return Digests.sha256(parts.toArray(String[]::new));
  }

  /** The task of an id. */
  public TaskPlan task(String id) {
    return tasks.stream().filter(task -> task.id().equals(id)).findFirst().orElseThrow();
  }

  /**
   * What makes one number of the scores of the tasks.
   *
   * @param base the base's scores by task; may be empty when all tasks have one unit
   * @throws UserException if a base's score cannot be divided by
   */
  public Objective objective(SortedMap<String, ExampleScores> base) {
    return Objective.of(terms(), base);
  }

  /** The same over the tasks that have confirm examples; empty when none has. */
  public Optional<Objective> confirmObjective(SortedMap<String, ExampleScores> base) {
    List<Objective.Term> terms =
        tasks.stream().filter(TaskPlan::confirms).map(TaskPlan::term).toList();
    return terms.isEmpty() ? Optional.empty() : Optional.of(Objective.of(terms, base));
  }

  /** The tasks as the objective knows them. */
  public List<Objective.Term> terms() {
    return tasks.stream().map(TaskPlan::term).toList();
  }

  /** The inputs, for the run record. */
  public List<RunRecord.RunInput> inputs() {
    List<RunRecord.RunInput> inputs = new ArrayList<>();
    model
        .file()
        .forEach(
            file -> inputs.add(new RunRecord.RunInput("model", "", file.path(), file.digest())));
    inputs.add(new RunRecord.RunInput("base", "", base.path(), base.digest()));
    experts.forEach(
        (id, expert) ->
            inputs.add(new RunRecord.RunInput("expert", id, expert.path(), expert.digest())));
    tasks.forEach(task -> inputs.addAll(task.inputs()));
    return List.copyOf(inputs);
  }
}
