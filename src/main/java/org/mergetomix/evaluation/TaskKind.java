package org.mergetomix.evaluation;

import java.util.List;
import java.util.SortedMap;
import org.mergetomix.score.Measure;

/**
 * A kind of task: what it asks of a model, and how the answers become scores. It knows no engine:
 * one that can say how likely tokens are can answer it. Immutable, so safe for use by several
 * threads.
 */
public interface TaskKind {

  /** Part of every evaluation's key: raised whenever scores, examples or their order change. */
  String version();

  /** What it measures, the one that ranks first. */
  List<Measure> measures();

  /**
   * The examples in the task's order, which is drawn from the data alone.
   *
   * @throws org.mergetomix.problem.UserException if the data is missing or broken
   */
  List<TaskExample> examples(TaskData data);

  /**
   * What a model is asked.
   *
   * @throws org.mergetomix.problem.UserException as {@link #examples}
   */
  TaskQuestions questions(TaskData data);

  /**
   * The scores of some examples that follow each other, by the measure's name; not a number where a
   * model answered so.
   *
   * @param examples the examples
   * @param windows all windows of these examples, in order
   * @param nats the negative log-likelihood of each window's targets together
   */
  SortedMap<String, double[]> scores(
      List<TaskExample> examples, List<TokenWindow> windows, double[] nats);
}
