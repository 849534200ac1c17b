package org.mergetomix.spark;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.mergetomix.checkpoint.Checkpoint;
import org.mergetomix.checkpoint.Delta;
import org.mergetomix.checkpoint.TensorSink;
import org.mergetomix.merge.PrefixMerger;
import org.mergetomix.merge.PreparedExperts;
import org.mergetomix.mixture.Mixture;

/**
 * What the task slots of one JVM share: the mapped base and experts, each opened once and prepared
 * for the merge method, and the slots that are idle. There is one in a JVM, for the plan that was
 * asked for last. Safe for use by several threads.
 */
final class ExecutorRuntime implements AutoCloseable {

  private static ExecutorRuntime current;

  private final String planId;
  private final RunPlan plan;
  private final Checkpoint base;
  private final SortedMap<String, Delta> deltas = new TreeMap<>();
  private final PreparedExperts experts;
  private final Deque<Slot> idle = new ArrayDeque<>();
  private int leases;
  private boolean closed;

  private ExecutorRuntime(String planId, RunPlan plan) {
    this.planId = planId;
    this.plan = plan;
    this.base = Checkpoint.open(plan.base().file());
    try {
      plan.experts()
          .forEach(
              (id, expert) -> deltas.put(id, Delta.open(base, expert.file(), expert.policy())));
      experts = PreparedExperts.of(base, deltas, plan.method());
    } catch (RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  /**
   * Lends a slot for a plan to one task; the runtime for another plan is closed. There come to be
   * as many slots as tasks run at once.
   */
  static synchronized SlotLease lease(RunPlan plan) {
    ExecutorRuntime runtime = of(plan);
    runtime.lent();
    return new SlotLease(runtime);
  }

  /** Lends a slot to some work, which runs on a native thread; waits for it. */
  static <T> T onSlot(RunPlan plan, Function<Slot, T> work) {
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
  static synchronized void shutDown() {
    if (current != null) {
      current.close();
      current = null;
    }
  }

  /** The base, shared by all slots. */
  Checkpoint base() {
    return base;
  }

  /** Merges one mixture into something else than a live model, without sums of the whole model. */
  void merge(Mixture mixture, TensorSink target) {
    new PrefixMerger(experts, 0).merge(mixture, target);
  }

  /** An idle slot, or a new one; called on a native thread. */
  Slot take() {
    synchronized (this) {
      if (!idle.isEmpty()) {
        return idle.pop();
      }
    }
    return Slot.open(plan, experts);
  }

  private synchronized void lent() {
    leases++;
  }

  /** The end of a lease; what was closed meanwhile is released with the last one. */
  synchronized void giveBack(Optional<Slot> slot) {
    leases--;
    slot.ifPresent(closed ? Slot::close : idle::push);
    if (closed) {
      releaseInputs();
    }
  }

  /** Closes idle slots at once, and the inputs as soon as no slot is lent. */
  @Override
  public synchronized void close() {
    closed = true;
    idle.forEach(Slot::close);
    idle.clear();
    releaseInputs();
  }

  private void releaseInputs() {
    if (leases == 0) {
      deltas.values().forEach(Delta::close);
      base.close();
    }
  }
}
