package org.mergetomix.spark;

import java.util.ArrayDeque;
import java.util.Deque;
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
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  /** The runtime for a plan; the one for another plan is closed. */
  static synchronized ExecutorRuntime of(RunPlan plan) {
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

  /** Lends a slot to one task. There come to be as many slots as tasks run at once. */
  SlotLease lease() {
    return new SlotLease(this);
  }

  /** Lends a slot to some work, which runs on a native thread; waits for it. */
  <T> T onSlot(Function<Slot, T> work) {
    try (SlotLease lease = lease()) {
      return lease.call(work);
    }
  }

  /** The base, shared by all slots. */
  Checkpoint base() {
    return base;
  }

  /** Merges one mixture into something else than a live model. */
  void merge(Mixture mixture, TensorSink target) {
    new PrefixMerger(experts, 1).merge(mixture, target);
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

  synchronized void giveBack(Slot slot) {
    if (closed) {
      slot.close();
    } else {
      idle.push(slot);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    idle.forEach(Slot::close);
    idle.clear();
    deltas.values().forEach(Delta::close);
    base.close();
  }
}
