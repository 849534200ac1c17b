package org.mergetomix.spark;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration.Evaluation.Engine;
import org.mergetomix.data.DataCheck;
import org.mergetomix.data.DataFile;
import org.mergetomix.data.ExampleRows;
import org.mergetomix.data.RowCounts;
import org.mergetomix.data.conversation.Conversation;
import org.mergetomix.data.conversation.ModelTemplate;
import org.mergetomix.evaluation.Holdout;
import org.mergetomix.evaluation.TaskData;
import org.mergetomix.evaluation.TaskSplit;
import org.mergetomix.evaluation.TextData;
import org.mergetomix.evaluation.TokenizerSource;
import org.mergetomix.executor.NativeThreads;
import org.mergetomix.expert.BaseCheckpoint;
import org.mergetomix.expert.Contents;
import org.mergetomix.expert.Delta;
import org.mergetomix.expert.TiedCheckpoint;
import org.mergetomix.family.TiedNames;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.LiveModel;
import org.mergetomix.output.Failures;
import org.mergetomix.plan.BaseModel;
import org.mergetomix.plan.DataInput;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSpec;

/** Looks at the inputs before any time is spent on them, and finds all problems at once. */
public final class InputCheck {

  private final SparkSession spark;
  private final InputAccess access;
  private final Engine engine;
  private final InputFiles files;
  private final List<UserException> refusals = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();

  /**
   * A check of files that are open for it, on the driver's host.
   *
   * @param engine what is to compute with the base
   */
  InputCheck(SparkSession spark, InputAccess access, InputFiles files, Engine engine) {
    this.spark = spark;
    this.access = access;
    this.engine = engine;
    this.files = files;
  }

  /**
   * Reads the data of a manifest's datasets, beside that of the tasks; it is there.
   *
   * @param heldOut what is kept from training, if anything
   */
  InputCheck datasets(
      Manifest manifest, List<Manifest.DatasetEntry> datasets, Optional<Holdout> heldOut) {
    for (Manifest.DatasetEntry dataset : datasets) {
      Function<List<DataFile>, DataCheck> reading =
          parts -> ExampleRows.check(ExampleRows.read(parts, dataset.columns()));
      for (Location data : dataset.data().stream().toList()) {
        Optional<DataCheck> found = read(manifest, data, reading);
        if (heldOut.isPresent()) {
          found.ifPresent(one -> attempt(() -> Holdout.require(one.counts(), data.text())));
        }
      }
    }
    return this;
  }

  /** Looks whether the engine runs the tasks of a manifest, beside everything else. */
  InputCheck judging(Manifest manifest) {
    attempt(() -> BaseModel.requireTasks(manifest, engine));
    return this;
  }

  /**
   * Reads the headers of the base and of every expert that is there, and the data of the tasks, and
   * compares the base with the model. The files exist.
   *
   * @param experts the datasets whose expert is there
   * @return what is no problem, but a user should know
   * @throws UserException if anything does not fit
   */
  List<Problem> run(Manifest manifest, List<Manifest.DatasetEntry> experts) {
    Location baseFile = manifest.base().checkpoint();
    attempt(
        () -> {
          BaseModel model = BaseModel.toMerge(files, manifest);
          try (Checkpoint base =
              TiedCheckpoint.of(BaseCheckpoint.open(files.headers(baseFile)), model.tied())) {
            base.warnings().forEach(this::warn);
            for (Manifest.DatasetEntry expert : experts) {
              attempt(() -> checkExpert(baseFile, base, expert, model));
            }
            attempt(() -> checkModel(manifest, base.tensors()));
          }
        });
    for (Manifest.TaskEntry task : manifest.tasks()) {
      Function<List<DataFile>, DataCheck> reading =
          parts -> task.kind().check(parts, shots(task), task.columns());
      readTask(manifest, task.data(), reading)
          .ifPresent(
              found ->
                  task.holdout()
                      .ifPresent(
                          share -> attempt(() -> requireSides(task, share, found.counts()))));
      task.confirm().ifPresent(confirm -> readTask(manifest, confirm, reading));
    }
    attempt(() -> refuseConfirmingByWhatRanks(manifest));
    attempt(() -> refuseOwnRowsAsOthers(manifest));
    attempt(() -> refuseHoldingOutWhatRanks(manifest));
    if (!refusals.isEmpty()) {
      throw UserException.together(refusals);
    }
    SortedMap<String, String> digests = new TreeMap<>();
    manifest.tasks().forEach(task -> digests.put(task.id(), files.dataDigest(task.data())));
    warnings.addAll(SameTexts.warnings(digests));
    return List.copyOf(warnings);
  }

  /** Each side has its own worked examples, where they are not from other data. */
  private void requireSides(Manifest.TaskEntry task, Holdout share, RowCounts counts) {
    Holdout.require(counts, task.data().text());
    TextData text =
        new TextData(
            DataInput.fetched(files, task.data()), task.columns(), TokenizerSource.BYTES, 1);
    for (TaskSplit side : TaskSplit.values()) {
      List<TaskData.Part> part = List.of(new TaskData.Part(share, side));
      task.kind()
          .requireShots(new TaskData(text, files.dataDigest(task.data()), part, shots(task)));
    }
  }

  private List<DataFile> shots(Manifest.TaskEntry task) {
    return task.shots().map(worked -> DataInput.fetched(files, worked)).orElse(List.of());
  }

  /** Folders and globs can share files, which the manifest alone does not show. */
  private void refuseConfirmingByWhatRanks(Manifest manifest) {
    Set<Location> ranking = new HashSet<>();
    manifest.tasks().forEach(task -> ranking.addAll(files.dataFiles(task.data())));
    List<Problem> problems = new ArrayList<>();
    for (Manifest.TaskEntry task : manifest.tasks()) {
      for (Location confirm : task.confirm().map(files::dataFiles).orElse(List.of())) {
        if (ranking.contains(confirm)) {
          problems.add(
              new Problem(
                  "The confirm data of task %s has a file that ranks the mixtures"
                      .formatted(task.id()),
                  confirm.text(),
                  "Name files of other examples, or leave confirm out"));
        }
      }
    }
    UserException.inputIfAny(problems);
  }

  /** Of worked examples from other data no question may be among them. */
  private void refuseOwnRowsAsOthers(Manifest manifest) {
    List<Problem> problems = new ArrayList<>();
    for (Manifest.TaskEntry task : manifest.tasks()) {
      Set<Location> asked = new HashSet<>(files.dataFiles(task.data()));
      task.confirm().map(files::dataFiles).ifPresent(asked::addAll);
      for (Location worked : task.shots().map(files::dataFiles).orElse(List.of())) {
        if (asked.contains(worked)) {
          problems.add(
              new Problem(
                  "The worked examples of task %s have a file that its questions are from"
                      .formatted(task.id()),
                  worked.text(),
                  "Name files of other examples, or leave shots-data out"));
        }
      }
    }
    UserException.inputIfAny(problems);
  }

  /** What one task holds out of a file must not rank in another: of other data it would. */
  private void refuseHoldingOutWhatRanks(Manifest manifest) {
    List<Problem> problems = new ArrayList<>();
    for (Manifest.TaskEntry task : manifest.tasks()) {
      if (task.holdout().isEmpty()) {
        continue;
      }
      Set<Location> divided = new HashSet<>(files.dataFiles(task.data()));
      for (Manifest.TaskEntry other : manifest.tasks()) {
        boolean alike = other.data().equals(task.data()) && other.holdout().equals(task.holdout());
        if (!alike) {
          files.dataFiles(other.data()).stream()
              .filter(divided::contains)
              .map(
                  shared ->
                      new Problem(
                          "What task %s holds out to confirm ranks the mixtures in task %s"
                              .formatted(task.id(), other.id()),
                          shared.text(),
                          "Give both the same data and the same confirm, or files of their own"))
              .forEach(problems::add);
        }
      }
    }
    UserException.inputIfAny(problems);
  }

  private void checkModel(Manifest manifest, SortedMap<String, TensorSpec> tensors) {
    BaseModel model = BaseModel.toEvaluate(files, manifest, engine);
    List<BaseModel.Reading> reading = new ArrayList<>();
    if (!manifest.tasks().isEmpty()) {
      attempt(() -> reading.add(model.reading()));
    }
    reading.forEach(known -> attempt(() -> model.requireAnswers(known.context())));
    String checkpoint = manifest.base().checkpoint().text();
    Compared compared =
        manifest
            .base()
            .model()
            .map(graph -> compared(graph, model.tied(), reading, tensors, checkpoint))
            .orElseGet(
                () ->
                    new Compared(
                        model.family().stream()
                            .flatMap(family -> family.mismatches(tensors, checkpoint).stream())
                            .toList(),
                        List.of()));
    warnings.addAll(compared.warnings());
    UserException.inputIfAny(compared.problems());
  }

  private void checkExpert(
      Location baseFile, Checkpoint base, Manifest.DatasetEntry dataset, BaseModel model) {
    Path expert = files.headers(dataset.expert());
    boolean whole = baseFile.isLocal() && dataset.expert().isLocal();
    Contents contents = whole ? Contents.WHOLE : Contents.HEADERS;
    try (Delta delta = Delta.open(base, expert, model.policy(dataset.policy()), contents)) {
      delta.warnings().forEach(this::warn);
    }
  }

  private Optional<DataCheck> readTask(
      Manifest manifest, Location data, Function<List<DataFile>, DataCheck> reading) {
    Optional<DataCheck> read = read(manifest, data, reading);
    read.filter(found -> found.counts().kept() == 1)
        .ifPresent(
            one ->
                warn(
                    new Problem(
                        "There is one example, so that no score on it has a known error",
                        data.text(),
                        "Give more of them: ties cannot be told from one")));
    return read;
  }

  /** What was found; empty where the data was refused. */
  private Optional<DataCheck> read(
      Manifest manifest, Location data, Function<List<DataFile>, DataCheck> reading) {
    List<DataCheck> checks = new ArrayList<>();
    attempt(
        () -> {
          DataCheck found = reading.apply(DataInput.fetched(files, data));
          checks.add(found);
          warnings.addAll(found.counts().warnings(data.text()));
          found.conversation().ifPresent(one -> render(manifest, data, one));
        });
    return checks.stream().findFirst();
  }

  /** Whether the base's template takes a conversation shows at the first one, mostly. */
  private void render(Manifest manifest, Location data, Conversation conversation) {
    if (manifest.base().tokenizer().isPresent()) {
      throw UserException.usage(
          "The data is conversations, and base.tokenizer has no chat template",
          data.text(),
          "Give a base that is a folder with a chat template, or texts");
    }
    ModelTemplate.read(files.headers(manifest.base().checkpoint()))
        .marked(conversation, ModelTemplate.TODAY);
  }

  private void warn(Problem warning) {
    warnings.add(files.named(warning));
  }

  private void attempt(Runnable check) {
    try {
      check.run();
    } catch (UserException found) {
      refusals.add(files.named(found));
    }
  }

  /** How a model and its base fit each other, and the tokenizer. */
  private record Compared(List<Problem> problems, List<Problem> warnings) implements Serializable {}

  /** Runs as a task, since the driver of a shared cluster should not load native code. */
  private Compared compared(
      Location model,
      List<TiedNames> tied,
      List<BaseModel.Reading> reading,
      SortedMap<String, TensorSpec> tensors,
      String checkpoint) {
    JavaSparkContext context = Session.context(spark);
    context.setJobGroup("check", "Compare the base with its graph", false);
    InputAccess inputs = access;
    try {
      return context
          .parallelize(List.of(model), 1)
          .map(graph -> comparedOf(inputs, graph, tied, reading, tensors, checkpoint))
          .first();
    } catch (Exception failure) {
      // Spark throws checked exceptions that nobody declares.
      throw Failures.mendable(failure)
          .<RuntimeException>map(found -> found)
          .orElseGet(() -> new IllegalStateException(failure));
    } finally {
      context.clearJobGroup();
    }
  }

  private static Compared comparedOf(
      InputAccess access,
      Location graph,
      List<TiedNames> tied,
      List<BaseModel.Reading> reading,
      SortedMap<String, TensorSpec> tensors,
      String checkpoint) {
    return NativeThreads.call(
        () -> {
          try (InputFiles files = access.open()) {
            try (LiveModel model =
                LiveModel.load(files.fetch(graph, ""), ComputeDevice.CPU, tied)) {
              List<Problem> problems = new ArrayList<>(model.mismatches(tensors, checkpoint));
              List<Problem> remarks = new ArrayList<>();
              for (BaseModel.Reading one : reading) {
                try {
                  long known = model.tokensKnown(one.context(), one.vocabulary());
                  one.mismatch(known, graph.text()).ifPresent(problems::add);
                  one.remark(known, graph.text()).ifPresent(remarks::add);
                } catch (UserException failed) {
                  problems.addAll(files.named(failed).problems());
                }
              }
              return new Compared(problems, remarks);
            } catch (UserException unreadable) {
              throw files.named(unreadable);
            }
          }
        });
  }
}
