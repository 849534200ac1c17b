package org.mergetomix.mixture;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Weights as people write them. */
public final class Thousandths {

  private static final int WHOLE = 1000;

  private Thousandths() {}

  /**
   * Weights in whole thousandths that sum to exactly 1000, by largest remainders; of equal
   * remainders the first goes up.
   *
   * @param weights 0 or more, not all 0
   * @param least share of the sum under which a weight becomes 0; the greatest weight always stays
   */
  public static int[] of(double[] weights, double least) {
    double sum = Arrays.stream(weights).sum();
    double greatest = Arrays.stream(weights).max().orElseThrow();
    double bound = Math.min(least * sum, greatest);
    double[] kept = Arrays.stream(weights).map(weight -> weight < bound ? 0 : weight).toArray();
    double keptSum = Arrays.stream(kept).sum();
    int[] rounded = new int[kept.length];
    double[] remainders = new double[kept.length];
    int missing = WHOLE;
    for (int i = 0; i < kept.length; i++) {
      double exact = WHOLE * kept[i] / keptSum;
      rounded[i] = (int) Math.floor(exact);
      remainders[i] = exact - rounded[i];
      missing -= rounded[i];
    }
    IntStream.range(0, kept.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -remainders[i]))
        .limit(missing)
        .forEach(i -> rounded[i]++);
    return rounded;
  }

  /**
   * The same, but each at least a thousandth: what one takes more than its share, the greatest has
   * less.
   *
   * @param weights at most 1000, above 0
   */
  public static int[] atLeastOne(double[] weights) {
    int[] rounded = of(weights, 0);
    for (int i = 0; i < rounded.length; i++) {
      if (rounded[i] == 0) {
        rounded[i]++;
        rounded[greatest(rounded)]--;
      }
    }
    return rounded;
  }

  private static int greatest(int[] values) {
    return IntStream.range(0, values.length)
        .reduce((first, next) -> values[next] > values[first] ? next : first)
        .orElseThrow();
  }

  /** The same as shares of 1. */
  public static double[] shares(int[] thousandths) {
    return Arrays.stream(thousandths).mapToDouble(value -> value / (double) WHOLE).toArray();
  }
}
