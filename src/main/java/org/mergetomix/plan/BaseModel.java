package org.mergetomix.plan;

import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration.Evaluation.Engine;
import org.mergetomix.data.RowColumns;
import org.mergetomix.evaluation.TokenizerSource;
import org.mergetomix.expert.BaseCheckpoint;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.family.Family;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.family.QuantisedTensors;
import org.mergetomix.family.TiedNames;
import org.mergetomix.folder.Companions;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.model.Precision;
import org.mergetomix.model.TokenizerFiles;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.worker.TrainerCommand;
import org.mergetomix.worker.WorkerLaunch;
import org.mergetomix.worker.WorkerSettings;

/**
 * What the base is, found out once, on the driver, from the manifest and from the headers and small
 * files of its checkpoint. No native library is loaded for it.
 */
public final class BaseModel {

  /** The longest sequence where nothing is said, in tokens: as lm-eval has it. */
  static final int LONGEST_UNSAID = 2048;

  private final Manifest manifest;
  private final Path folder;
  private final Optional<Family> family;
  private final DType stored;

  private BaseModel(
      Manifest manifest, Path folder, Optional<Family> family, Checkpoint checkpoint) {
    this.manifest = manifest;
    this.folder = folder;
    this.family = family;
    this.stored = stored(checkpoint);
  }

  /**
   * Looks at a base that is to be merged: a model of any kind.
   *
   * @throws UserException if it is missing or quantised
   */
  public static BaseModel toMerge(InputFiles files, Manifest manifest) {
    Path folder = files.headers(manifest.base().checkpoint());
    try (Checkpoint base = BaseCheckpoint.open(folder)) {
      Optional<Family> family = FamilyReader.find(folder, base.tensors().keySet());
      QuantisedTensors.refuse(base.tensors(), manifest.base().checkpoint().text());
      return new BaseModel(manifest, folder, family, base);
    }
  }

  /**
   * Looks at a base that surrogates are evaluated for by an engine.
   *
   * @throws UserException if that cannot compute with it
   */
  public static BaseModel toEvaluate(InputFiles files, Manifest manifest, Engine engine) {
    if (engine == Engine.DJL) {
      return toRun(files, manifest);
    }
    if (manifest.base().model().isPresent()) {
      throw UserException.usage(
          "base.model is a TorchScript graph, which evaluation.engine = worker does not compute"
              + " with",
          manifest.file().text(),
          "Leave base.model out, and give a checkpoint that the worker reads; or use the engine"
              + " djl");
    }
    return toMerge(files, manifest);
  }

  /**
   * Refuses tasks that an engine does not run.
   *
   * @param engine what surrogates are evaluated by
   * @throws UserException usage, with all of them
   */
  public static void requireTasks(Manifest manifest, Engine engine) {
    List<Problem> problems =
        manifest.harness().stream()
            .filter(task -> engine == Engine.DJL)
            .map(
                task ->
                    new Problem(
                        "Task %s is lm-eval's, which runs in a worker".formatted(task.id()),
                        manifest.file().text(),
                        "Set evaluation.engine to worker, or leave the task out"))
            .toList();
    UserException.usageIfAny(problems);
  }

  /**
   * Looks at a base that a command trains: any model that is a folder.
   *
   * @throws UserException if it is none
   */
  public static BaseModel toTrainByCommand(InputFiles files, Manifest manifest) {
    BaseModel base = toMerge(files, manifest);
    if (manifest.base().model().isPresent()
        || !Files.exists(base.folder.resolve(FamilyReader.FILE))) {
      throw UserException.usage(
          "A command trains bases that are folders as Hugging Face writes them, and this one %s"
              .formatted(
                  manifest.base().model().isPresent()
                      ? "has a TorchScript graph"
                      : "has no " + FamilyReader.FILE),
          manifest.base().checkpoint().text(),
          "Give such a folder, or set training.engine to djl");
    }
    return base;
  }

  /**
   * Looks at a base that is to compute: one with a graph of the user's own, or of a known family.
   *
   * @throws UserException if it is neither, with what is wrong with it
   */
  public static BaseModel toRun(InputFiles files, Manifest manifest) {
    if (manifest.base().model().isPresent()) {
      return toMerge(files, manifest);
    }
    Path folder = files.headers(manifest.base().checkpoint());
    try (Checkpoint base = BaseCheckpoint.open(folder)) {
      Family family = FamilyReader.ofBase(folder, base.tensors().keySet());
      return new BaseModel(manifest, folder, Optional.of(family), base);
    }
  }

  /** The type that most elements of parameters have. */
  private static DType stored(Checkpoint checkpoint) {
    Map<DType, Long> elements = new EnumMap<>(DType.class);
    for (TensorSpec tensor : checkpoint.tensors().values()) {
      if (tensor.dtype().floating()) {
        elements.merge(tensor.dtype(), tensor.elements(), Long::sum);
      }
    }
    return elements.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(DType.F32);
  }

  /** The family, if the base is of a known one. */
  public Optional<Family> family() {
    return family;
  }

  /** Every parameter of the model once, from the headers of its checkpoint. */
  public SortedMap<String, TensorSpec> parameters() {
    SortedMap<String, TensorSpec> parameters = new TreeMap<>();
    try (Checkpoint base = BaseCheckpoint.open(folder)) {
      parameters.putAll(base.tensors());
    }
    tied().stream()
        .filter(pair -> parameters.containsKey(pair.second()))
        .forEach(pair -> parameters.remove(pair.first()));
    return parameters;
  }

  /** The policy of an expert, with what the family says. */
  public ExpertPolicy policy(ExpertPolicy ofManifest) {
    return family.map(ofManifest::with).orElse(ofManifest);
  }

  /**
   * What surrogates are computed in. Nobody decides it again: neither does a device that an
   * executor finds, nor one that it lacks.
   *
   * @param asked empty for what suits: bfloat16 for a base of a known family that is stored so and
   *     is evaluated on GPUs, otherwise float32
   * @throws UserException usage, if the base's graph cannot compute in it
   */
  public Precision precision(Optional<Precision> asked, TaskShare task) {
    if (manifest.base().model().isEmpty()) {
      boolean halves = task.gpus() > 0 && stored == DType.BF16;
      return asked.orElse(halves ? Precision.BFLOAT16 : Precision.FLOAT32);
    }
    if (asked.equals(Optional.of(Precision.BFLOAT16))) {
      throw UserException.usage(
          "evaluation.precision is bfloat16, but a TorchScript graph computes in float32",
          manifest.base().model().get().text(),
          "Leave evaluation.precision out, or give the base as a folder of a known family");
    }
    return Precision.FLOAT32;
  }

  /**
   * What computes.
   *
   * @param inputs the files of the run, by where they lie
   * @param precision one that it can compute in
   */
  public ModelInput model(SortedMap<Location, FileInput> inputs, Precision precision) {
    return manifest
        .base()
        .model()
        .<ModelInput>map(graph -> new ModelInput.TorchScript(inputs.get(graph), tied()))
        .orElseGet(
            () -> new ModelInput.OfFamily(family.orElseThrow().modelType(), identity(), precision));
  }

  /**
   * What computes in a process beside the executor.
   *
   * @param told what that process is
   * @throws UserException usage, if the worker that comes with this program cannot read the base
   */
  ModelInput worker(WorkerSettings settings, Precision precision, WorkerLaunch.Description told) {
    if (settings.command().isEmpty() && !Files.exists(folder.resolve(FamilyReader.FILE))) {
      throw UserException.usage(
          "A worker reads bases that are folders as Hugging Face writes them, and this one has no "
              + FamilyReader.FILE,
          manifest.base().checkpoint().text(),
          "Give such a folder, or set worker.command to a worker of your own");
    }
    return new ModelInput.OfWorker(
        settings, Companions.digest(folder), precision, told.versions(), told.warnings());
  }

  /**
   * What trains in a process beside the executor.
   *
   * @param inputs the files of the run, by where they lie
   * @param versions what that process is
   */
  public ModelInput trainer(
      TrainerCommand trainer,
      SortedMap<Location, FileInput> inputs,
      Precision precision,
      SortedMap<String, String> versions) {
    return new ModelInput.OfTrainer(
        trainer, base(inputs), Companions.digest(folder), precision, versions);
  }

  /** A digest of what is known of the base beside its tensors; empty where nothing is. */
  private String identity() {
    return family.map(Family::identity).orElse("");
  }

  /** Names that stand for one tensor, as manifest or family say it. */
  public List<TiedNames> tied() {
    return policy(ExpertPolicy.STRICT.tied(manifest.base().tied())).tied();
  }

  /** The base as a plan has it. */
  BaseInput base(SortedMap<Location, FileInput> inputs) {
    return new BaseInput(inputs.get(manifest.base().checkpoint()), tied(), identity());
  }

  /**
   * How the models of the manifest read texts.
   *
   * @throws UserException if they cannot, with all reasons
   */
  public Reading reading() {
    List<UserException> refusals = new ArrayList<>();
    Optional<TokenizerSource> tokenizer = Optional.empty();
    try {
      tokenizer = Optional.of(tokenizer());
    } catch (UserException refused) {
      refusals.add(refused);
    }
    int context = 0;
    try {
      context = context();
    } catch (UserException refused) {
      refusals.add(refused);
    }
    if (!refusals.isEmpty()) {
      throw UserException.together(refusals);
    }
    int vocabulary =
        manifest.base().tokenizer().isPresent()
            ? TokenizerSource.BYTES_VOCABULARY
            : TokenizerFiles.read(folder).vocabulary();
    return new Reading(tokenizer.orElseThrow(), vocabulary, context);
  }

  /**
   * Refuses tasks that ask for what the base cannot do.
   *
   * @param context how many tokens the model sees at once
   * @throws UserException usage, with all of them
   */
  public void requireAnswers(int context) {
    List<Problem> problems = new ArrayList<>();
    for (Manifest.TaskEntry task : manifest.tasks()) {
      task.kind()
          .written()
          .ifPresent(most -> refusal(task, most, context).ifPresent(problems::add));
    }
    if (!problems.isEmpty()) {
      throw UserException.usage(problems);
    }
  }

  /**
   * Refuses tasks that ask a model to write, where its worker does not.
   *
   * @throws UserException usage, with all of them
   */
  static void requireWriting(Manifest manifest, WorkerLaunch.Description worker) {
    List<Problem> problems =
        manifest.tasks().stream()
            .filter(task -> task.kind().written().isPresent() && !worker.writes())
            .map(
                task ->
                    new Problem(
                        "Task %s is %s, for which the base has to write, and this worker does not"
                            .formatted(task.id(), task.kind().name()),
                        manifest.file().text(),
                        "Set evaluation.engine to djl, take another worker, or leave the task out"))
            .toList();
    if (!problems.isEmpty()) {
      throw UserException.usage(problems);
    }
  }

  private Optional<Problem> refusal(Manifest.TaskEntry task, int most, int context) {
    if (manifest.base().model().isPresent()) {
      return Optional.of(
          new Problem(
              "Task %s is %s, for which the base has to write, and a TorchScript graph cannot"
                  .formatted(task.id(), task.kind().name()),
              manifest.base().model().get().text(),
              "Give the base as a folder of a known family, or leave the task out"));
    }
    return most < context
        ? Optional.empty()
        : Optional.of(
            new Problem(
                "Task %s lets the base write %s tokens, but it sees only %s at once"
                    .formatted(task.id(), most, context),
                manifest.file().text(),
                "Lower max-tokens of the task"));
  }

  private TokenizerSource tokenizer() {
    return manifest.base().tokenizer().isPresent() ? bytes() : ofFolder();
  }

  private TokenizerSource bytes() {
    if (Files.exists(folder.resolve(TokenizerFiles.TOKENIZER))) {
      throw UserException.usage(
          "base.tokenizer is bytes, but a tokenizer lies beside the base",
          manifest.base().checkpoint().child(TokenizerFiles.TOKENIZER).text(),
          "Leave base.tokenizer out of the manifest");
    }
    family
        .filter(known -> known.vocabulary() != TokenizerSource.BYTES_VOCABULARY)
        .ifPresent(
            known -> {
              throw UserException.usage(
                  "base.tokenizer is bytes, which are %s tokens, but the base knows %s"
                      .formatted(TokenizerSource.BYTES_VOCABULARY, known.vocabulary()),
                  manifest.base().checkpoint().text(),
                  "Leave base.tokenizer out of the manifest, and put the model's tokenizer.json"
                      + " beside the base");
            });
    return TokenizerSource.BYTES;
  }

  private TokenizerSource ofFolder() {
    if (!Files.isDirectory(folder)) {
      throw UserException.usage(
          "base.tokenizer is not given, and no tokenizer lies beside a base that is a file",
          manifest.file().text(),
          "Give base.tokenizer = bytes, or a base that is a folder with tokenizer.json");
    }
    TokenizerFiles files = TokenizerFiles.read(folder);
    Optional<Problem> mismatch = family.flatMap(known -> files.mismatch(known.vocabulary()));
    if (mismatch.isPresent()) {
      throw UserException.input(List.of(mismatch.get()));
    }
    return new TokenizerSource.OfFolder(
        manifest.base().checkpoint(),
        manifest.base().sha256().orElse(""),
        TokenizerSource.OfFolder.identity(folder));
  }

  private int context() {
    if (manifest.base().context().isEmpty()) {
      return family
          .map(known -> (int) Math.min(LONGEST_UNSAID, known.positions()))
          .orElseThrow(
              () ->
                  UserException.usage(
                      "base.context is not given, and the base's folder does not say it",
                      manifest.file().text(),
                      "Give the longest sequence that the model reads, in tokens"));
    }
    int context = manifest.base().context().getAsInt();
    family
        .filter(known -> context > known.positions())
        .ifPresent(
            known -> {
              throw UserException.usage(
                  "base.context is %s, but the base has only %s positions"
                      .formatted(context, known.positions()),
                  manifest.file().text(),
                  "Lower base.context to %s or less, or leave it out".formatted(known.positions()));
            });
    return context;
  }

  /**
   * How models read texts.
   *
   * @param tokenizer how text becomes tokens
   * @param vocabulary how many tokens the tokenizer has
   * @param context how many tokens a model sees at once
   */
  public record Reading(TokenizerSource tokenizer, int vocabulary, int context)
      implements Serializable {

    /**
     * What is wrong with giving the tokens to a model.
     *
     * @param known how many the model tells apart
     */
    public Optional<Problem> mismatch(long known, String model) {
      return known >= vocabulary
          ? Optional.empty()
          : Optional.of(
              new Problem(
                  "The tokenizer has %s tokens, but the model tells apart only %s"
                      .formatted(vocabulary, known),
                  model,
                  "Give the tokenizer that the model was trained with"));
    }

    /** What a user should know of it: more than bytes are seldom padding. */
    public Optional<Problem> remark(long known, String model) {
      return tokenizer.equals(TokenizerSource.BYTES) && known > vocabulary
          ? Optional.of(
              new Problem(
                  "base.tokenizer is bytes, which are %s tokens, but the model tells apart %s"
                      .formatted(vocabulary, known),
                  model,
                  "If it was trained with another tokenizer, its scores mean nothing: give the base"
                      + " as a folder with tokenizer.json"))
          : Optional.empty();
    }

    /**
     * Data that is read so.
     *
     * @param data a file, folder or glob
     * @param inputs the files of the run, by where they lie
     */
    public TextInput text(
        InputFiles files,
        Location data,
        RowColumns columns,
        SortedMap<Location, FileInput> inputs) {
      return new TextInput(
          data.text(),
          files.dataFiles(data).stream().map(file -> DataInput.of(inputs.get(file))).toList(),
          columns,
          tokenizer,
          context,
          List.of());
    }
  }
}
