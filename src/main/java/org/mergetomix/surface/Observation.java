package org.mergetomix.surface;

import java.util.Objects;
import org.mergetomix.mixture.Mixture;

/**
 * What is known of one mixture. Lower scores are better in this room; where higher is better, the
 * caller changes the sign.
 *
 * @param mixture what was evaluated
 * @param score its score, finite
 * @param variance the square of the score's error, 0 or more; 0 where no error of its own is known
 */
public record Observation(Mixture mixture, double score, double variance) {

  public Observation {
    Objects.requireNonNull(mixture);
    if (!Double.isFinite(score)) {
      throw new IllegalArgumentException("score of " + mixture + " is " + score);
    }
    if (!(variance >= 0) || Double.isInfinite(variance)) {
      throw new IllegalArgumentException("variance of " + mixture + " is " + variance);
    }
  }

  /** A score without an error of its own. */
  public static Observation of(Mixture mixture, double score) {
    return new Observation(mixture, score, 0);
  }
}
