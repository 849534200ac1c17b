package org.mergetomix.evaluation;

import java.util.List;
import java.util.SortedMap;

/** How what a model wrote becomes scores. Immutable, so safe for use by several threads. */
public interface WritingScoring {

  /**
   * The scores of some examples, by the measure's name.
   *
   * @param examples the examples
   * @param written what the model wrote for each
   */
  SortedMap<String, double[]> scores(List<TaskExample> examples, List<String> written);
}
