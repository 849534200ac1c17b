package org.mergetomix.surface;

import org.apache.commons.math3.special.Erf;

/** How much a mixture is expected to better the best so far. */
public final class ExpectedImprovement {

  private static final double NORMAL = 1 / Math.sqrt(2 * Math.PI);

  private final double best;
  private final double misfit;

  /**
   * Improvement on a score.
   *
   * @param best the lowest score so far
   * @param misfit a deviation by which surfaces miss beside their own error, 0 or more
   */
  public ExpectedImprovement(double best, double misfit) {
    this.best = best;
    this.misfit = misfit;
  }

  /** The expected improvement, 0 or more, in units of the score. */
  public double of(Prediction prediction) {
    double deviation = Math.sqrt(prediction.variance() + misfit * misfit);
    double gain = best - prediction.mean();
    if (deviation == 0) {
      return Math.max(0, gain);
    }
    double z = gain / deviation;
    double below = Erf.erfc(-z / Math.sqrt(2)) / 2;
    return Math.max(0, gain * below + deviation * NORMAL * Math.exp(-z * z / 2));
  }
}
