package org.mergetomix.score;

import java.io.Serializable;
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

  /**
   * The weighted mean of estimates that were measured on different examples, such as the scores of
   * several tasks: their errors are independent, so they add in squares.
   *
   * @param estimates one or more
   * @param weights a positive, finite weight for each, in the same order
   * @throws IllegalArgumentException when there is none, the lengths differ or a weight will not do
   */
  public static Estimate weightedMean(List<Estimate> estimates, List<Double> weights) {
    if (estimates.isEmpty() || estimates.size() != weights.size()) {
      throw new IllegalArgumentException(
          estimates.size() + " estimates have " + weights.size() + " weights");
    }
    double total = 0;
    for (double weight : weights) {
      if (!(weight > 0) || Double.isInfinite(weight)) {
        throw new IllegalArgumentException("A weight is positive and finite, not " + weight);
      }
      total += weight;
    }
    double value = 0;
    double variance = 0;
    for (int i = 0; i < estimates.size(); i++) {
      double share = weights.get(i) / total;
      double error = share * estimates.get(i).standardError();
      value += share * estimates.get(i).value();
      variance += error * error;
    }
    return new Estimate(value, Math.sqrt(variance));
  }
}
