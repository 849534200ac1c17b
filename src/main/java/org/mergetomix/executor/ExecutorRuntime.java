package org.mergetomix.executor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.expert.Delta;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.expert.FullCheckpointDelta;
import org.mergetomix.expert.LoraDelta;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.merge.OnePassMerger;
import org.mergetomix.merge.PreparedExperts;
import org.mergetomix.mergekit.MergekitRecipe;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.plan.ExpertInput;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.preflight.PreflightSums;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSink;

/**
 * What the task slots of one JVM share: the mapped base and experts, each opened once and prepared
 * for the merge method, and the slots that are idle. There is one in a JVM, for the plan that was
 * asked for last. Safe for use by several threads.
 */
public final class ExecutorRuntime implements AutoCloseable {

  private static ExecutorRuntime current;

  private final String planId;
  private final RunPlan asked;
  private final InputFiles files;
  private final RunPlan plan;
  private Optional<Checkpoint> opened = Optional.empty();
  private final SortedMap<String, Delta> deltas = new TreeMap<>();
  private final PreparedExperts experts;
  private final Map<ComputeDevice, Deque<Slot>> idle = new HashMap<>();
  private int leases;
  private boolean closed;

  private ExecutorRuntime(String planId, RunPlan plan) {
    this.planId = planId;
    this.asked = plan;
    this.files = plan.access().open();
    try {
      this.plan = plan.fetched(files);
      opened = Optional.of(Checkpoints.open(this.plan.base().file()));
      this.plan
          .experts()
          .forEach(
              (id, expert) -> deltas.put(id, Delta.open(base(), expert.file(), expert.policy())));
      experts = PreparedExperts.of(base(), deltas, this.plan.method());
    } catch (UserException problems) {
      UserException named = files.named(problems);
      close();
      throw named;
    } catch (RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  /**
   * Lends a slot for a plan to one task; the runtime for another plan is closed. There come to be
   * as many slots as tasks run at once.
   */
  public static synchronized SlotLease lease(RunPlan plan) {
    ComputeDevice device = DeviceChoice.given();
    ExecutorRuntime runtime = of(plan);
    runtime.lent();
    return new SlotLease(runtime, device);
  }

  /** Lends a slot to some work, which runs on a native thread; waits for it. */
  public static <T> T onSlot(RunPlan plan, Function<Slot, T> work) {
    try (SlotLease lease = lease(plan)) {
      return lease.call(work);
    }
  }

  private static ExecutorRuntime of(RunPlan plan) {
    String planId = plan.runId() + plan.buffers() + plan.inputs() + plan.tasks();
    if (current == null || !current.planId.equals(planId)) {
      shutDown();
      current = new ExecutorRuntime(planId, plan);
    }
    return current;
  }

  /** Releases what this JVM holds, if anything. */
  public static synchronized void shutDown() {
    if (current != null) {
      current.close();
      current = null;
    }
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

  /** The base, shared by all slots. */
  public Checkpoint base() {
    return opened.orElseThrow();
  }

  /** Merges one mixture into something else than a live model, without sums of the whole model. */
  public void merge(Mixture mixture, TensorSink target) {
    new OnePassMerger(experts)
        .merge(
            List.of(mixture),
            (only, tensor, offset, source, length) -> target.write(tensor, offset, source, length));
  }

  /** How mergekit would merge one mixture. */
  public MergekitRecipe mergekit(Mixture mixture) {
    SortedMap<String, MergekitRecipe.Model> models = new TreeMap<>();
    asked
        .experts()
        .forEach(
            (id, expert) ->
                models.put(
                    id, new MergekitRecipe.Model(expert.path(), form(deltas.get(id), expert))));
    return MergekitRecipe.of(
        asked.method(),
        mixture,
        new MergekitRecipe.Model(asked.base().path(), form(asked.base().path())),
        base().tensors(),
        models);
  }

  private static MergekitRecipe.Form form(Delta delta, ExpertInput expert) {
    if (delta instanceof LoraDelta) {
      return MergekitRecipe.Form.ADAPTER;
    }
    boolean whole = delta instanceof FullCheckpointDelta;
    boolean plain =
        expert.policy().prefixes().isEmpty()
            && expert.policy().missing() == ExpertPolicy.Missing.FAIL;
    return whole && plain ? form(expert.path()) : MergekitRecipe.Form.OTHER;
  }

  /** A file is told by its name: the location may be on another machine. */
  private static MergekitRecipe.Form form(String location) {
    return location.endsWith(".safetensors")
        ? MergekitRecipe.Form.FILE
        : MergekitRecipe.Form.FOLDER;
  }

  /** What a part of the tensors adds to the pre-flight figures. */
  public PreflightSums preflight(int part, int parts) {
    return PreflightSums.of(base(), deltas, part, parts);
  }

  /** An idle slot on a device, or a new one; called on a native thread. */
  public Slot take(ComputeDevice given) {
    ComputeDevice device = DeviceChoice.usable(given);
    synchronized (this) {
      Deque<Slot> waiting = idle.getOrDefault(device, new ArrayDeque<>());
      if (!waiting.isEmpty()) {
        return waiting.pop();
      }
    }
    return Slot.open(files, plan, experts, device);
  }

  private synchronized void lent() {
    leases++;
  }

  /** The end of a lease; what was closed meanwhile is released with the last one. */
  public synchronized void giveBack(Optional<Slot> slot) {
    leases--;
    slot.ifPresent(closed ? Slot::close : this::keep);
    if (closed) {
      releaseInputs();
    }
  }

  private void keep(Slot slot) {
    idle.computeIfAbsent(slot.device(), none -> new ArrayDeque<>()).push(slot);
  }

  /** Closes idle slots at once, and the inputs as soon as no slot is lent. */
  @Override
  public synchronized void close() {
    closed = true;
    idle.values().forEach(slots -> slots.forEach(Slot::close));
    idle.clear();
    releaseInputs();
  }

  private void releaseInputs() {
    if (leases == 0) {
      deltas.values().forEach(Delta::close);
      opened.ifPresent(Checkpoint::close);
      files.close();
    }
  }
}
