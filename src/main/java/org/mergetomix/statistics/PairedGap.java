package org.mergetomix.statistics;

import java.util.Arrays;

/**
 * How much worse mixtures are than the one chosen as the best, on the same examples, and what
 * follows from it. Lower scores are better.
 */
public final class PairedGap {

  private PairedGap() {}

  /**
   * The weighted mean difference, with the error of a ratio estimate.
   *
   * @param scores of a mixture, one per example
   * @param best the scores of the best on the same examples
   * @param exampleWeights of the examples, above 0
   */
  public static Estimate of(double[] scores, double[] best, double[] exampleWeights) {
    int examples = scores.length;
    double total = Arrays.stream(exampleWeights).sum();
    double gap = 0;
    for (int e = 0; e < examples; e++) {
      gap += exampleWeights[e] * (scores[e] - best[e]) / total;
    }
    double squares = 0;
    for (int e = 0; e < examples; e++) {
      double influence = exampleWeights[e] * examples / total * (scores[e] - best[e] - gap);
      squares += influence * influence;
    }
    return new Estimate(gap, Math.sqrt(squares / (examples * Math.max(1.0, examples - 1.0))));
  }

  /**
   * Whether a mixture belongs to the tied set: the true best is in it in 95 % of cases or more. A
   * gap to a selected best is too narrow for other uses: where the two differ, it covers in three
   * cases of four only.
   */
  public static boolean tied(Estimate gap) {
    return gap.lower() <= 0;
  }

  /**
   * What choosing the best so far can cost at most, with 95 % confidence: the greatest of 1.96
   * errors less the gap, at least 0.
   *
   * @param gaps of all other mixtures
   */
  public static double regretBound(Iterable<Estimate> gaps) {
    double bound = 0;
    for (Estimate gap : gaps) {
      bound = Math.max(bound, -gap.lower());
    }
    return bound;
  }
}
