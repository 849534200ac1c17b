package org.mergetomix.score;

import java.util.Comparator;

/** Which way a task's score improves. */
public enum Direction {
  LOWER_IS_BETTER,
  HIGHER_IS_BETTER;

  /** Orders scores best first; NaN comes last either way. */
  public Comparator<Double> bestFirst() {
    Comparator<Double> natural =
        this == LOWER_IS_BETTER ? Comparator.naturalOrder() : Comparator.reverseOrder();
    return Comparator.<Double, Boolean>comparing(score -> Double.isNaN(score))
        .thenComparing(natural);
  }

  /** How much better {@code score} is than {@code reference}: positive when it is better. */
  public double gain(double score, double reference) {
    return this == LOWER_IS_BETTER ? reference - score : score - reference;
  }
}
