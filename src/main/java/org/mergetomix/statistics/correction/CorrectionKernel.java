package org.mergetomix.statistics.correction;

import org.mergetomix.mixture.Mixture;
import org.mergetomix.surface.Axes;

/**
 * How alike the errors of two surrogates are. The surrogate of one dataset is the trained model
 * itself, so everything vanishes with 1 − ρ. A trained model's score need not go in proportion to
 * the surrogate's: where the two part ways at some score, mixtures share an error only if they are
 * alike in it too.
 *
 * @param constant variance of an error common to all mixtures
 * @param slope variance of an error in proportion to the standardised surrogate score
 * @param local variance of an error that only mixtures with like weights share
 * @param bend 0, or more the nearer standardised scores have to be for that too; with 1, a distance
 *     of 1 leaves 0.6 of it
 */
record CorrectionKernel(double constant, double slope, double local, double bend) {

  private static final double RANGE = 0.6;

  double between(Point first, Point second) {
    double squares = 0;
    for (int i = 0; i < first.weights.length; i++) {
      double difference = first.weights[i] - second.weights[i];
      squares += difference * difference;
    }
    double apart = first.score - second.score;
    double alike = Math.exp(-squares / RANGE - bend * apart * apart / 2);
    return 2
        * first.spread
        * second.spread
        * (constant + slope * first.score * second.score + local * alike);
  }

  /** A mixture as the kernel sees it. */
  static final class Point {

    private final double[] weights;
    private final double spread;
    private final double score;

    /**
     * A point.
     *
     * @param score of the surrogate, standardised
     */
    Point(Axes axes, Mixture mixture, double score) {
      weights = axes.weights(mixture);
      double concentration = 0;
      for (double weight : weights) {
        concentration += weight * weight;
      }
      spread = Math.max(0, 1 - concentration);
      this.score = score;
    }
  }
}
