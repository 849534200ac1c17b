package org.mergetomix.executor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.evaluation.TaskQuestions;
import org.mergetomix.evaluation.TaskSplit;
import org.mergetomix.expert.BaseCheckpoint;
import org.mergetomix.expert.Delta;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.expert.FullCheckpointDelta;
import org.mergetomix.expert.LoraDelta;
import org.mergetomix.expert.MovedCheckpoint;
import org.mergetomix.expert.NonFiniteTensors;
import org.mergetomix.expert.TiedCheckpoint;
import org.mergetomix.family.KnownBuffers;
import org.mergetomix.folder.CheckpointFolder;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.merge.PrefixMerger;
import org.mergetomix.merge.PreparedExperts;
import org.mergetomix.mergekit.MergekitRecipe;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.plan.ExpertInput;
import org.mergetomix.plan.ModelInput;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.plan.TaskPlan;
import org.mergetomix.preflight.PreflightSums;
import org.mergetomix.problem.Closing;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.Layout;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorPlace;
import org.mergetomix.tensor.TensorSink;

/**
 * What the task slots of one JVM share: the mapped base and experts, each opened once and prepared
 * for the merge method, the questions of the tasks, and the slots that are idle. There is one in a
 * JVM, for the plan that was asked for last. Safe for use by several threads.
 */
public final class ExecutorRuntime implements AutoCloseable {

  private static Optional<SharedRuntime> current = Optional.empty();

  private final RunPlan asked;
  private final InputFiles files;
  private final RunPlan plan;
  private Optional<TiedCheckpoint> opened = Optional.empty();
  private final SortedMap<String, Delta> deltas = new TreeMap<>();
  private final PreparedExperts experts;
  private Map<TaskSplit, SortedMap<String, TaskQuestions>> tasks = Map.of();
  private Optional<SortedMap<String, Problem>> notNumbers = Optional.empty();
  private final Map<ComputeDevice, Deque<Slot>> idle = new HashMap<>();

  private ExecutorRuntime(RunPlan plan) {
    this.asked = plan;
    this.files = plan.access().open();
    try {
      this.plan = plan.fetched(files);
      opened = Optional.of(this.plan.base().open());
      this.plan
          .experts()
          .forEach(
              (id, expert) ->
                  deltas.put(
                      id,
                      Delta.open(
                          base(),
                          expert.file(),
                          this.plan.base().policy(expert.policy(), base()))));
      SortedMap<String, PreparedExperts.Expert> prepared = new TreeMap<>();
      deltas.forEach(
          (id, delta) ->
              prepared.put(
                  id, new PreparedExperts.Expert(this.plan.experts().get(id).digest(), delta)));
      experts = PreparedExperts.of(base(), prepared, this.plan.method());
    } catch (UserException problems) {
      UserException named = files.named(problems);
      Closing.after(named, this);
      throw named;
    } catch (RuntimeException | Error failure) {
      Closing.after(failure, this);
      throw failure;
    }
  }

  /**
   * Lends a slot for a plan to one task; the runtime for another plan is closed. There come to be
   * as many slots as tasks run at once.
   *
   * @throws org.apache.spark.TaskKilledException if the task is killed while inputs are fetched
   */
  public static SlotLease lease(RunPlan plan) {
    ComputeDevice device = DeviceChoice.given();
    SharedRuntime shared = entered(plan);
    try {
      return new SlotLease(shared, shared.await(), device);
    } catch (RuntimeException | Error failure) {
      shared.leave(Optional.empty());
      throw failure;
    }
  }

  private static synchronized SharedRuntime entered(RunPlan plan) {
    String planId =
        "%s %s %s ".formatted(plan.runId(), plan.buffers(), plan.threads())
            + plan.model()
            + plan.inputs()
            + plan.tasks();
    Optional<SharedRuntime> same = current.filter(shared -> shared.enter(planId));
    if (same.isEmpty()) {
      shutDown();
      current = Optional.of(SharedRuntime.open(planId, () -> new ExecutorRuntime(plan)));
    }
    return current.orElseThrow();
  }

  /** Releases what this JVM holds, if anything. */
  public static synchronized void shutDown() {
    current.ifPresent(SharedRuntime::retire);
    current = Optional.empty();
  }

  /**
   * Opens a model that was fine-tuned from the base, whole or as an adapter of it; it is closed
   * before this.
   */
  Checkpoint whole(Path model) {
    if (!Files.isDirectory(model) || !CheckpointFolder.of(model).holdsAdapter()) {
      return Checkpoints.open(model);
    }
    ExpertPolicy policy = plan.base().policy(ExpertPolicy.STRICT.tied(plan.base().tied()), base());
    return new MovedCheckpoint(base(), Delta.open(base(), model, policy));
  }

  /** The plan with its inputs as files of this host. */
  public RunPlan plan() {
    return plan;
  }

  /** Some work, with problems that name inputs by where they lie. */
  public <T> T naming(Supplier<T> work) {
    try {
      return work.get();
    } catch (UserException problems) {
      throw files.named(problems);
    }
  }

  /** The base, shared by all slots; of tensors with two tied names it has one. */
  public TiedCheckpoint base() {
    return opened.orElseThrow();
  }

  /**
   * Merges one mixture into something else than a live model, without sums of the whole model.
   *
   * @param target takes the tensors of the base as it is stored, tied ones under both names
   * @throws UserException if a merged tensor has a NaN or an infinity, with whose it is
   */
  public void merge(Mixture mixture, TensorSink target) {
    SortedMap<String, String> copies = base().copies();
    new PrefixMerger(experts, 0, plan.threads())
        .merge(
            mixture,
            Optional.empty(),
            (tensor, offset, source, length) -> {
              requireNumbers(mixture, tensor, source, length);
              target.write(tensor, offset, source, length);
              if (copies.containsKey(tensor)) {
                target.write(copies.get(tensor), offset, source, length);
              }
            });
  }

  private void requireNumbers(Mixture mixture, String tensor, float[] merged, int length) {
    if (NonFiniteTensors.finite(merged, length)
        || KnownBuffers.include(base().tensors().get(tensor))) {
      return;
    }
    SortedMap<String, Delta> merging = new TreeMap<>(deltas);
    merging.keySet().retainAll(mixture.datasets());
    UserException.inputIfAny(
        List.copyOf(NonFiniteTensors.of(base(), merging, List.of(tensor)).values()));
    throw UserException.input(
        "The merge of %s has numbers that are too large for float32".formatted(mixture),
        "tensor " + TensorNames.shown(tensor),
        "Lower merge.lambda, or leave out an expert that moved far: check --deep says which");
  }

  /** What of a mixture's base and experts is NaN or infinite; all are read whole, once. */
  public synchronized List<Problem> notNumbers(Mixture mixture) {
    if (notNumbers.isEmpty()) {
      List<String> tensors =
          Layout.of(base().tensors()).tensors().stream().map(TensorPlace::name).toList();
      notNumbers = Optional.of(NonFiniteTensors.of(base(), deltas, tensors));
    }
    SortedMap<String, Problem> ofMixture = new TreeMap<>(notNumbers.orElseThrow());
    ofMixture
        .keySet()
        .removeIf(
            whose -> !whose.equals(NonFiniteTensors.BASE) && !mixture.datasets().contains(whose));
    return List.copyOf(ofMixture.values());
  }

  /** How mergekit would merge one mixture. */
  public MergekitRecipe mergekit(Mixture mixture) {
    SortedMap<String, MergekitRecipe.Model> models = new TreeMap<>();
    asked
        .experts()
        .forEach(
            (id, expert) ->
                models.put(
                    id,
                    new MergekitRecipe.Model(
                        expert.path(),
                        form(deltas.get(id), expert, plan.experts().get(id).file()))));
    return MergekitRecipe.of(
        asked.method(),
        mixture,
        new MergekitRecipe.Model(
            asked.base().path(),
            base().stored() instanceof BaseCheckpoint stored && stored.wrapped()
                ? MergekitRecipe.Form.OTHER
                : form(asked.base().path(), plan.base().file())),
        base().tensors(),
        models);
  }

  private static MergekitRecipe.Form form(Delta delta, ExpertInput expert, Path here) {
    if (delta instanceof LoraDelta adapter) {
      return adapter.mergedAlikeByPeft() ? MergekitRecipe.Form.ADAPTER : MergekitRecipe.Form.OTHER;
    }
    boolean whole = delta instanceof FullCheckpointDelta full && full.namedAsBase();
    boolean plain =
        expert.policy().prefixes().isEmpty()
            && expert.policy().missing() == ExpertPolicy.Missing.FAIL
            && expert.policy().vocabulary() == ExpertPolicy.Vocabulary.FAIL;
    return whole && plain ? form(expert.path(), here) : MergekitRecipe.Form.OTHER;
  }

  /** A file is told by its name: its copy here has another one. */
  private static MergekitRecipe.Form form(String location, Path here) {
    if (location.endsWith(".safetensors")) {
      return MergekitRecipe.Form.FILE;
    }
    return CheckpointFolder.of(here).isOfOneFile()
        ? MergekitRecipe.Form.FOLDER_OF_ONE_FILE
        : MergekitRecipe.Form.FOLDER;
  }

  /** What a part of the tensors adds to the pre-flight figures. */
  public PreflightSums preflight(int part, int parts) {
    return PreflightSums.of(base(), deltas, part, parts);
  }

  /** An idle slot on a device, or a new one; called on a native thread. */
  Slot take(ComputeDevice given) {
    // What a worker can use shows there; the library of this process need not be loaded for it.
    ComputeDevice device =
        plan.model() instanceof ModelInput.OfWorker
            ? given
            : DeviceChoice.forEvaluation(given, plan.model().precision(), plan.mergeDevice());
    synchronized (this) {
      Deque<Slot> waiting = idle.getOrDefault(device, new ArrayDeque<>());
      if (!waiting.isEmpty()) {
        return waiting.pop();
      }
    }
    return Slot.open(plan, base(), experts, tasks(), device);
  }

  /** Read when the first slot needs them, and once for all. */
  private synchronized Map<TaskSplit, SortedMap<String, TaskQuestions>> tasks() {
    if (tasks.isEmpty()) {
      Map<TaskSplit, SortedMap<String, TaskQuestions>> read = new EnumMap<>(TaskSplit.class);
      for (TaskSplit split : TaskSplit.values()) {
        SortedMap<String, TaskQuestions> questions = new TreeMap<>();
        for (TaskPlan task : plan.tasks()) {
          task.questions(split).ifPresent(asked -> questions.put(task.id(), asked));
        }
        read.put(split, questions);
      }
      tasks = read;
    }
    return tasks;
  }

  /** Keeps a slot for whoever needs one next. */
  synchronized void keep(Slot slot) {
    idle.computeIfAbsent(slot.device(), none -> new ArrayDeque<>()).push(slot);
  }

  /** Closes the slots that nobody has. */
  synchronized void closeIdle() {
    List<AutoCloseable> all = new ArrayList<>();
    idle.values().forEach(all::addAll);
    idle.clear();
    Closing.all(all);
  }

  /** Closes idle slots and inputs; no slot is lent any more. */
  @Override
  public void close() {
    List<AutoCloseable> all = new ArrayList<>(List.of(this::closeIdle));
    all.addAll(deltas.values());
    opened.ifPresent(all::add);
    all.add(files);
    Closing.all(all);
  }
}
