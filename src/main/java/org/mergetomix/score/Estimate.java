package org.mergetomix.score;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;

/**
 * A number measured on a sample of examples.
 *
 * @param value the estimate
 * @param standardError its standard error, in the same unit; NaN when one example gives none
 */
public record Estimate(double value, double standardError) implements Serializable {

  /** Standard errors on either side that make a 95 % interval. */
  private static final double STANDARD_ERRORS = 1.96;

  /** Half the width of the 95 % interval around the value; NaN where the error is not known. */
  public double margin() {
    return STANDARD_ERRORS * standardError;
  }

  /** Whether the error is known, as it is not from one example. */
  public boolean hasError() {
    return Double.isFinite(standardError);
  }

  /**
   * The mean of estimates that were measured on different examples, such as the scores of several
   * tasks: their errors are independent, so they add in squares.
   *
   * @param shares one for each, in the same order; together 1
   */
  static Estimate mean(List<Estimate> estimates, double[] shares) {
    double value = 0;
    double variance = 0;
    for (int i = 0; i < shares.length; i++) {
      double error = shares[i] * estimates.get(i).standardError();
      value += shares[i] * estimates.get(i).value();
      variance += error * error;
    }
    return new Estimate(value, Math.sqrt(variance));
  }

  /** Each weight's share of all of them, however large they are. */
  static double[] shares(List<Double> weights) {
    weights.forEach(Estimate::requireWeight);
    // A power of two takes no bits away, and keeps the sum of huge weights finite.
    int exponent = Math.getExponent(Collections.max(weights));
    double[] shares = weights.stream().mapToDouble(w -> Math.scalb(w, -exponent)).toArray();
    double total = 0;
    for (double share : shares) {
      total += share;
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] /= total;
    }
    return shares;
  }

  static void requireWeight(double weight) {
    if (!(weight > 0) || Double.isInfinite(weight)) {
      throw new IllegalArgumentException("A weight is positive and finite, not " + weight);
    }
  }
}
