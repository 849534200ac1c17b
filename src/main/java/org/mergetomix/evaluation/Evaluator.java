package org.mergetomix.evaluation;

import java.util.SortedMap;
import org.mergetomix.score.ExampleRange;

/**
 * Scores one model, as its parameters are when it is asked: an engine with the tasks that were
 * prepared for it. It closes what it prepared, not the model. One thread at a time.
 */
public interface Evaluator extends AutoCloseable {

  /**
   * The scores of some examples of a task by the measure's name, in the task's order. They repeat
   * bit for bit, and do not depend on which other examples are evaluated with them. One that is not
   * a number is a result like any other.
   *
   * @param range whole blocks, as {@link org.mergetomix.score.Blocks} has them
   * @throws IllegalArgumentException for an unknown task, or when the range is not whole blocks
   * @throws org.mergetomix.problem.UserException if the model fails on the examples
   */
  SortedMap<String, double[]> evaluate(String task, TaskSplit split, ExampleRange range);

  @Override
  void close();
}
