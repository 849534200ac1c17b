package org.mergetomix.statistics;

import java.io.Serializable;
import java.util.Objects;
import org.mergetomix.score.Estimate;

/**
 * The best mixture among those with the same number of datasets.
 *
 * @param size how many datasets it has, at least 1
 * @param mixture its id
 * @param score the score of its surrogate
 */
public record BestOfSize(int size, String mixture, Estimate score) implements Serializable {

  public BestOfSize {
    Objects.requireNonNull(mixture);
    Objects.requireNonNull(score);
  }
}
