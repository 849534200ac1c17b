package org.mergetomix.score;

import java.io.Serializable;
import java.util.Comparator;

/**
 * What scores are measured in and which way they improve: all that a reader of finished scores has
 * to know of an objective.
 *
 * @param name for people: {@code bits per byte}
 * @param direction which way scores improve
 */
public record ScoreUnit(String name, Direction direction) implements Serializable {

  /** Orders scores best first; NaN comes last either way. */
  public Comparator<Double> bestFirst() {
    return direction.bestFirst();
  }

  /** How much better {@code score} is than {@code reference}: positive when it is better. */
  public double gain(double score, double reference) {
    return direction.gain(score, reference);
  }

  /** The score that is so much worse than another. */
  public double worse(double score, double gap) {
    return direction == Direction.LOWER_IS_BETTER ? score + gap : score - gap;
  }

  /** The gain of a score over another, from the first less the second with its error. */
  public Estimate gain(Estimate difference) {
    return new Estimate(gain(difference.value(), 0), difference.standardError());
  }

  /** For a legend: {@code bits per byte, lower is better}. */
  public String describe() {
    return name
        + ", "
        + (direction == Direction.LOWER_IS_BETTER ? "lower is better" : "higher is better");
  }
}
