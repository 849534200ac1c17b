package org.mergetomix.evaluation;

import java.util.List;
import java.util.SortedMap;

/** How a model's answers to a task become scores. Immutable, so safe for use by several threads. */
public interface Scoring {

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
