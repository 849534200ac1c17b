package org.mergetomix.evaluation;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.model.FamilyModel;
import org.mergetomix.model.LanguageModel;
import org.mergetomix.problem.Closing;
import org.mergetomix.score.ExampleRange;

/**
 * Evaluates a live model in this process. What shares a batch does not depend on what is evaluated,
 * so scores repeat bit for bit.
 */
public final class LiveModelEvaluator implements Evaluator {

  private final Map<TaskSplit, SortedMap<String, LiveTask>> tasks = new EnumMap<>(TaskSplit.class);

  private LiveModelEvaluator() {}

  /**
   * Prepares tasks for a model.
   *
   * @param tasks what is asked, by the task's id
   * @param batchSize windows or texts evaluated at once; it decides the last bits of a score
   * @param model the model, whose device the batches stay on
   * @throws IllegalArgumentException if a task asks a model to write that is of no family, or asks
   *     what only a worker knows
   */
  public static LiveModelEvaluator of(
      Map<TaskSplit, SortedMap<String, TaskQuestions>> tasks, int batchSize, LanguageModel model) {
    LiveModelEvaluator evaluator = new LiveModelEvaluator();
    try {
      tasks.forEach(
          (split, questions) -> {
            SortedMap<String, LiveTask> prepared = new TreeMap<>();
            evaluator.tasks.put(split, prepared);
            questions.forEach((id, asked) -> prepared.put(id, prepare(asked, batchSize, model)));
          });
      return evaluator;
    } catch (RuntimeException | Error failure) {
      Closing.after(failure, evaluator);
      throw failure;
    }
  }

  private static LiveTask prepare(TaskQuestions asked, int batchSize, LanguageModel model) {
    if (asked instanceof LikelihoodQuestions likelihoods) {
      return LiveLikelihoods.of(model, likelihoods, batchSize);
    }
    if (asked instanceof WritingQuestions writing && model instanceof FamilyModel family) {
      return WritingTask.of(new LiveWriter(family), writing, batchSize);
    }
    throw new IllegalArgumentException("Not for this model: " + asked.getClass().getSimpleName());
  }

  @Override
  public SortedMap<String, double[]> evaluate(String id, TaskSplit split, ExampleRange range) {
    LiveTask task =
        Optional.ofNullable(tasks.get(split))
            .map(known -> known.get(id))
            .orElseThrow(() -> new IllegalArgumentException("Unknown task: " + id));
    return task.scoresOf(range);
  }

  @Override
  public void close() {
    List<AutoCloseable> all = new ArrayList<>();
    tasks.values().forEach(split -> all.addAll(split.values()));
    Closing.all(all);
  }
}
