package org.mergetomix.statistics.attribution;

import org.apache.commons.math3.util.CombinatoricsUtils;
import org.mergetomix.score.Estimate;

/**
 * Attribution where every subset was evaluated: exact, so the errors are 0. What scores themselves
 * are sure of is not in them. For up to some 20 datasets.
 */
public final class FactorialAttribution implements Attribution {

  private final double[] scores;
  private final int datasets;

  /**
   * Attribution of these scores.
   *
   * @param scores of every subset, where bit {@code i} of the index says whether dataset {@code i}
   *     is in it; the first is that of the base. Kept, not copied
   */
  public FactorialAttribution(double[] scores) {
    datasets = Integer.numberOfTrailingZeros(scores.length);
    if (scores.length != 1 << datasets) {
      throw new IllegalArgumentException(scores.length + " scores are no full factorial");
    }
    this.scores = scores;
  }

  @Override
  public Estimate shapley(int dataset) {
    int bit = 1 << dataset;
    double[] bySize = new double[datasets];
    for (int mask = 0; mask < scores.length; mask++) {
      if ((mask & bit) == 0) {
        bySize[Integer.bitCount(mask)] += scores[mask | bit] - scores[mask];
      }
    }
    double value = 0;
    for (int size = 0; size < datasets; size++) {
      value +=
          bySize[size]
              / CombinatoricsUtils.binomialCoefficientDouble(datasets - 1, size)
              / datasets;
    }
    return new Estimate(value, 0);
  }

  @Override
  public Estimate mainEffect(int dataset) {
    int bit = 1 << dataset;
    double sum = 0;
    for (int mask = 1; mask < scores.length; mask++) {
      sum += (mask & bit) == 0 ? scores[mask | bit] - scores[mask] : 0;
    }
    return new Estimate(sum / (scores.length / 2.0 - 1), 0);
  }

  @Override
  public Estimate interaction(int first, int second) {
    int one = 1 << first;
    int other = 1 << second;
    double sum = 0;
    for (int mask = 1; mask < scores.length; mask++) {
      if ((mask & (one | other)) == 0) {
        sum +=
            scores[mask | one | other] - scores[mask | one] - scores[mask | other] + scores[mask];
      }
    }
    return new Estimate(sum / (scores.length / 4.0 - 1), 0);
  }
}
