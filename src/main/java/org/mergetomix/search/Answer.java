package org.mergetomix.search;

import java.util.SortedMap;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.ExampleScores;

/**
 * What is known of one mixture.
 *
 * @param mixture the mixture
 * @param scores by task, on the first examples of its order, as many as were seen; nothing for a
 *     mixture that failed
 */
public record Answer(Mixture mixture, SortedMap<String, ExampleScores> scores) {

  /** Whether it could not be merged or evaluated. */
  public boolean failed() {
    return scores.isEmpty();
  }
}
