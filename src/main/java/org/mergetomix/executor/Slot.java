package org.mergetomix.executor;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.mergetomix.evaluation.Evaluator;
import org.mergetomix.evaluation.LiveModelEvaluator;
import org.mergetomix.evaluation.TaskQuestions;
import org.mergetomix.evaluation.TaskSplit;
import org.mergetomix.expert.TiedCheckpoint;
import org.mergetomix.merge.DeviceMerger;
import org.mergetomix.merge.DeviceTarget;
import org.mergetomix.merge.FactoredExperts;
import org.mergetomix.merge.Merger;
import org.mergetomix.merge.PrefixMerger;
import org.mergetomix.merge.PreparedExperts;
import org.mergetomix.merge.SurrogateTarget;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.LanguageModel;
import org.mergetomix.plan.ModelInput;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.Measure;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.worker.FoldingMerger;
import org.mergetomix.worker.WorkerEvaluator;

/**
 * What one task slot of an executor works with: a target, the merger that overwrites it, and the
 * evaluator that scores it. One task at a time.
 */
public final class Slot implements AutoCloseable {

  private final ComputeDevice device;
  private final SurrogateTarget target;
  private final Merger merger;
  private final Evaluator evaluator;
  private final Map<TaskSplit, SortedMap<String, TaskQuestions>> tasks;

  private Slot(
      ComputeDevice device,
      SurrogateTarget target,
      Merger merger,
      Evaluator evaluator,
      Map<TaskSplit, SortedMap<String, TaskQuestions>> tasks) {
    this.device = device;
    this.target = target;
    this.merger = merger;
    this.evaluator = evaluator;
    this.tasks = tasks;
  }

  /**
   * A slot with a live model, in this process or in a worker, for a plan whose inputs are on this
   * host.
   *
   * @param base the base, opened
   */
  static Slot open(
      RunPlan plan,
      TiedCheckpoint base,
      PreparedExperts experts,
      Map<TaskSplit, SortedMap<String, TaskQuestions>> tasks,
      ComputeDevice device) {
    if (plan.model() instanceof ModelInput.OfWorker worker) {
      Optional<FactoredExperts> factors =
          switch (worker.settings().experts()) {
            case MERGED -> Optional.empty();
            // Of the base alone there is nothing to give.
            case FACTORS ->
                plan.experts().isEmpty()
                    ? Optional.empty()
                    : Optional.of(FactoredExperts.of(experts));
          };
      WorkerEvaluator evaluator =
          worker.start(base, plan.base().file(), tasks, plan.batchSize(), factors, device);
      Merger merger =
          factors
              .<Merger>map(given -> new FoldingMerger(given, evaluator.target()))
              .orElseGet(() -> new PrefixMerger(experts, plan.buffers(), plan.threads()));
      return new Slot(device, evaluator.target(), merger, evaluator, tasks);
    }
    LanguageModel model = plan.model().open(plan.base().file(), device);
    try {
      return new Slot(
          device,
          model,
          merger(plan, experts, model),
          LiveModelEvaluator.of(tasks, plan.batchSize(), model),
          tasks);
    } catch (RuntimeException | Error failure) {
      model.close();
      throw failure;
    }
  }

  private static Merger merger(RunPlan plan, PreparedExperts experts, DeviceTarget target) {
    return switch (plan.mergeDevice()) {
      case CPU -> new PrefixMerger(experts, plan.buffers(), plan.threads());
      case GPU -> new DeviceMerger(experts, plan.buffers(), target);
    };
  }

  /** Where the target is. */
  public ComputeDevice device() {
    return device;
  }

  /**
   * Makes the target the surrogate of a mixture.
   *
   * @param next which mixture comes next, if that is known: sums that it has no use for are not
   *     kept
   */
  public void merge(Mixture mixture, Optional<Mixture> next) {
    merger.merge(mixture, next, target);
  }

  /** Makes the target a checkpoint's, which lies at {@code name}. */
  public void fill(Checkpoint checkpoint, String name) {
    target.fill(checkpoint, name);
  }

  /** Scores the target as it is, as {@link Evaluator#evaluate} on the examples that rank. */
  public SortedMap<String, double[]> evaluate(String task, ExampleRange range) {
    return evaluator.evaluate(task, TaskSplit.SEARCH, range);
  }

  /** The tasks that have examples of a split. */
  public Set<String> tasks(TaskSplit split) {
    return tasks.get(split).keySet();
  }

  /** Scores the target as it is on all examples of a task, in one of its measures. */
  public ExampleScores scores(String task, TaskSplit split, Measure measure) {
    TaskQuestions questions = tasks.get(split).get(task);
    SortedMap<String, double[]> scores =
        evaluator.evaluate(task, split, ExampleRange.all(questions.size()));
    return new ExampleScores(scores.get(measure.name()), questions.weights(measure.name()));
  }

  @Override
  public void close() {
    evaluator.close();
    target.close();
  }
}
