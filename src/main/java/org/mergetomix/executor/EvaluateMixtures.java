package org.mergetomix.executor;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.TaskCompletionListener;
import org.mergetomix.mixture.IndexRange;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.output.Failures;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.plan.TaskPlan;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.table.EvaluationRow;

/**
 * What an executor does with a partition: unranks its indices, and merges and evaluates one mixture
 * after the other in prefix order. A mixture that cannot be evaluated gives rows that say why.
 */
public final class EvaluateMixtures implements RoundWork {

  private static final long serialVersionUID = 1L;

  private final Broadcast<RunPlan> plan;
  private final RoundWork.Counters counters;
  private final int attempts;

  /**
   * @param attempts how often a mixture is tried, at least 1
   */
  public EvaluateMixtures(Broadcast<RunPlan> plan, RoundWork.Counters counters, int attempts) {
    this.attempts = attempts;
    this.plan = plan;
    this.counters = counters;
  }

  @Override
  public Iterator<EvaluationRow> call(Iterator<IndexRange> ranges) {
    RunPlan run = plan.value();
    // One slot for the whole partition: its merger keeps the sums that neighbours share.
    SlotLease lease = ExecutorRuntime.lease(run);
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) finished -> lease.close());
    return new PartitionRows(ranges, index -> evaluate(run, lease, index));
  }

  private List<EvaluationRow> evaluate(RunPlan run, SlotLease lease, long index) {
    Mixture mixture = run.space().at(index);
    List<EvaluationRow> rows = tried(run, lease, index, mixture);
    counters.done().add(1);
    return rows;
  }

  private List<EvaluationRow> tried(RunPlan run, SlotLease lease, long index, Mixture mixture) {
    for (int attempt = 1; ; attempt++) {
      try {
        return lease.call(slot -> evaluate(run, slot, index, mixture));
      } catch (RuntimeException | OutOfMemoryError failure) {
        if (Thread.currentThread().isInterrupted()) {
          throw failure;
        }
        if (attempt == attempts) {
          counters.failed().add(1);
          ExecutorMetrics.ofThisJvm().failed();
          return failed(run, index, mixture, failure);
        }
      }
    }
  }

  private static List<EvaluationRow> failed(
      RunPlan run, long index, Mixture mixture, Throwable failure) {
    return run.tasks().stream()
        .map(
            task ->
                EvaluationRow.failed(
                    index, run.key(mixture, task), mixture, task.id(), Failures.describe(failure)))
        .toList();
  }

  private static List<EvaluationRow> evaluate(RunPlan run, Slot slot, long index, Mixture mixture) {
    List<EvaluationRow> rows = new ArrayList<>();
    long start = System.nanoTime();
    if (index + 1 < run.space().size()) {
      slot.merge(mixture, run.space().at(index + 1));
    } else {
      slot.merge(mixture);
    }
    long merged = System.nanoTime();
    double mergeSeconds = (merged - start) / 1e9;
    for (TaskPlan task : run.tasks()) {
      long begun = System.nanoTime();
      ExampleScores scores = slot.evaluate(task.id());
      double evaluateSeconds = (System.nanoTime() - begun) / 1e9;
      rows.add(
          EvaluationRow.scored(
              index,
              run.key(mixture, task),
              mixture,
              task.id(),
              scores,
              mergeSeconds,
              evaluateSeconds,
              slot.device().kind()));
      mergeSeconds = 0;
    }
    ExecutorMetrics.ofThisJvm()
        .evaluated((merged - start) / 1e9, (System.nanoTime() - merged) / 1e9);
    return rows;
  }
}
