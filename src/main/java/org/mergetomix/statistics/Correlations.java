package org.mergetomix.statistics;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.correlation.KendallsCorrelation;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;

/**
 * Three correlations of the same two lists, with percentile bootstrap intervals from the same
 * resamples.
 */
record Correlations(Correlation pearson, Correlation spearman, Correlation kendall) {

  /**
   * At most about six in ten resamples of lists that are not constant have a constant list in them,
   * so this many in a row do not happen.
   */
  private static final int TRIES = 1000;

  /**
   * Correlates {@code first} with {@code second}, which have the same length, 3 or more.
   *
   * @throws IllegalArgumentException for a number of samples or a confidence out of range
   */
  static Correlations bootstrap(
      double[] first, double[] second, int samples, double confidence, long seed) {
    if (samples < 1 || !(confidence > 0 && confidence < 1)) {
      throw new IllegalArgumentException(
          "No interval comes from " + samples + " samples with confidence " + confidence);
    }
    Coefficients whole = Coefficients.of(first, second);
    Coefficients[] resampled = new Coefficients[samples];
    if (constant(first) || constant(second)) {
      Arrays.fill(resampled, whole);
    } else {
      // A named generator: the figures must be the same with every Java version.
      RandomGenerator random = new Well19937c(seed);
      Arrays.setAll(resampled, sample -> resample(first, second, random));
    }
    return new Correlations(
        correlation(whole, resampled, confidence, Coefficients::pearson),
        correlation(whole, resampled, confidence, Coefficients::spearman),
        correlation(whole, resampled, confidence, Coefficients::kendall));
  }

  private static Correlation correlation(
      Coefficients whole,
      Coefficients[] resampled,
      double confidence,
      ToDoubleFunction<Coefficients> coefficient) {
    double[] values = Arrays.stream(resampled).mapToDouble(coefficient).toArray();
    double tail = 100 * (1 - confidence) / 2;
    Interval interval =
        new Interval(
            StatUtils.percentile(values, tail),
            StatUtils.percentile(values, 100 - tail),
            confidence);
    return new Correlation(coefficient.applyAsDouble(whole), interval);
  }

  private static Coefficients resample(double[] first, double[] second, RandomGenerator random) {
    double[] drawnFirst = new double[first.length];
    double[] drawnSecond = new double[first.length];
    for (int tried = 0; tried < TRIES; tried++) {
      for (int i = 0; i < first.length; i++) {
        int drawn = random.nextInt(first.length);
        drawnFirst[i] = first[drawn];
        drawnSecond[i] = second[drawn];
      }
      if (!constant(drawnFirst) && !constant(drawnSecond)) {
        return Coefficients.of(drawnFirst, drawnSecond);
      }
    }
    throw new IllegalStateException("No resample of " + first.length + " mixtures varies");
  }

  private static boolean constant(double[] values) {
    return Arrays.stream(values).allMatch(value -> value == values[0]);
  }

  /** The three coefficients of two lists, -1 to 1; NaN when one of the lists is constant. */
  private record Coefficients(double pearson, double spearman, double kendall) {

    static Coefficients of(double[] first, double[] second) {
      return new Coefficients(
          clamped(new PearsonsCorrelation().correlation(first, second)),
          clamped(new SpearmansCorrelation().correlation(first, second)),
          clamped(new KendallsCorrelation().correlation(first, second)));
    }

    /** Rounding can carry a coefficient out of its range; NaN stays NaN. */
    private static double clamped(double coefficient) {
      return Math.max(-1, Math.min(1, coefficient));
    }
  }
}
