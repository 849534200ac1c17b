package org.mergetomix.executor;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.TaskCompletionListener;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.MixtureSpace;
import org.mergetomix.output.Failures;
import org.mergetomix.plan.Portion;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.plan.TaskPlan;
import org.mergetomix.problem.Problem;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.score.ExampleValues;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.RowStatus;

/**
 * What an executor does with a partition: unranks its indices, and merges and evaluates one mixture
 * after the other in prefix order. A mixture that cannot be evaluated gives rows that say why.
 */
public final class EvaluateMixtures implements RoundWork {

  private static final long serialVersionUID = 1L;

  private final Broadcast<RunPlan> plan;
  private final MixtureSpace space;
  private final Mark mark;
  private final Counters counters;
  private final int attempts;

  /**
   * @param space where the mixtures of a partition stand
   * @param attempts how often a mixture is tried, at least 1
   */
  public EvaluateMixtures(
      Broadcast<RunPlan> plan, MixtureSpace space, Mark mark, Counters counters, int attempts) {
    this.plan = plan;
    this.space = space;
    this.mark = mark;
    this.counters = counters;
    this.attempts = attempts;
  }

  @Override
  public Iterator<EvaluationRow> call(Iterator<Portion> portions) {
    RunPlan run = plan.value();
    // One slot for the whole partition: its merger keeps the sums that neighbours share.
    SlotLease lease = ExecutorRuntime.lease(run);
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) finished -> lease.close());
    return new PartitionRows(
        portions, (index, portion) -> counted(tried(run, lease, index, portion)));
  }

  private List<EvaluationRow> counted(List<EvaluationRow> rows) {
    counters.done().add(1);
    if (rows.stream().anyMatch(row -> row.status() == RowStatus.FAILED)) {
      counters.failed().add(1);
      ExecutorMetrics.ofThisJvm().failed();
    }
    return rows;
  }

  private List<EvaluationRow> tried(RunPlan run, SlotLease lease, long index, Portion portion) {
    Mixture mixture = space.at(index);
    for (int attempt = 1; ; attempt++) {
      try {
        return numbers(
            run, lease.call(slot -> evaluate(run, slot, index, mixture, portion)), mixture, lease);
      } catch (RuntimeException | OutOfMemoryError failure) {
        if (Thread.currentThread().isInterrupted()) {
          throw failure;
        }
        if (attempt == attempts) {
          return failed(run, mixture, portion, Failures.describe(failure));
        }
      }
    }
  }

  /** What is not a number fails, and says by whose fault. */
  private static List<EvaluationRow> numbers(
      RunPlan run, List<EvaluationRow> rows, Mixture mixture, SlotLease lease) {
    if (rows.stream().allMatch(row -> row.scores().finite())) {
      return rows;
    }
    List<Problem> inputs = lease.withRuntime(runtime -> runtime.notNumbers(mixture));
    return rows.stream()
        .map(
            row ->
                row.scores().finite()
                    ? row
                    : row.failed(NotANumber.of(row.task(), inputs, run.model()).getMessage()))
        .toList();
  }

  private List<EvaluationRow> failed(RunPlan run, Mixture mixture, Portion portion, String why) {
    List<EvaluationRow> rows = new ArrayList<>();
    portion
        .examples()
        .forEach(
            (task, ranges) -> {
              String measure = run.task(task).measure().name();
              EvaluationRow row =
                  row(run, mixture, task, measure, ranges.get(0), ExampleValues.NONE, "");
              rows.add(row.failed(why));
            });
    return rows;
  }

  private List<EvaluationRow> evaluate(
      RunPlan run, Slot slot, long index, Mixture mixture, Portion portion) {
    long start = System.nanoTime();
    slot.merge(mixture, after(index));
    long merged = System.nanoTime();
    List<EvaluationRow> rows = new ArrayList<>();
    portion
        .examples()
        .forEach(
            (task, ranges) ->
                ranges.forEach(
                    range -> rows.addAll(evaluate(run, slot, mixture, run.task(task), range))));
    ExecutorMetrics.ofThisJvm()
        .evaluated((merged - start) / 1e9, (System.nanoTime() - merged) / 1e9);
    rows.set(0, rows.get(0).merged((merged - start) / 1e9));
    return rows;
  }

  private Optional<Mixture> after(long index) {
    return index + 1 < space.size() ? Optional.of(space.at(index + 1)) : Optional.empty();
  }

  private List<EvaluationRow> evaluate(
      RunPlan run, Slot slot, Mixture mixture, TaskPlan task, ExampleRange range) {
    long begun = System.nanoTime();
    Map<String, double[]> measures = slot.evaluate(task.id(), range);
    double seconds = (System.nanoTime() - begun) / 1e9;
    List<EvaluationRow> rows = new ArrayList<>();
    measures.forEach(
        (measure, scores) -> {
          ExampleValues values = new ExampleValues(scores);
          rows.add(row(run, mixture, task.id(), measure, range, values, slot.device().kind()));
        });
    rows.set(0, rows.get(0).evaluated(seconds));
    return rows;
  }

  private EvaluationRow row(
      RunPlan run,
      Mixture mixture,
      String task,
      String measure,
      ExampleRange range,
      ExampleValues values,
      String device) {
    return new EvaluationRow(
        run.key(mixture, run.task(task)),
        mixture,
        task,
        measure,
        range,
        mark.strategy(),
        mark.number(),
        RowStatus.OK,
        "",
        values,
        0,
        0,
        device);
  }
}
