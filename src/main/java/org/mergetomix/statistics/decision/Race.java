package org.mergetomix.statistics.decision;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.mergetomix.score.Estimate;

/**
 * Racing on examples: all mixtures see the same examples in one random order, and at each of a few
 * shares those that cannot be the best any more are dropped. The bound is simultaneous over
 * mixtures (the maximum of their t statistics, by multiplier bootstrap) and over looks. Lower
 * scores are better. Immutable.
 */
public final class Race {

  private static final int DRAWS = 200;

  private final int examples;
  private final double risk;
  private final long seed;

  /**
   * A race.
   *
   * @param examples how many there are in all
   * @param looks how often mixtures may be dropped before all examples were seen, 1 or more
   * @param risk of ever dropping the best, such as 0.05
   */
  public Race(int examples, int looks, double risk, long seed) {
    this.examples = examples;
    this.risk = risk / looks;
    this.seed = seed;
  }

  /**
   * Looks at what was seen so far.
   *
   * @param scores a row per mixture in the race, a column per example seen, in the race's order
   * @param predictions rows alike with what a surface predicts for every example, seen ones first;
   *     zeros where there is no surface. They may depend only on mixtures that saw all examples
   * @param exampleWeights a weight per example, above 0, seen ones first
   */
  public Look look(double[][] scores, double[][] predictions, double[] exampleWeights) {
    int mixtures = scores.length;
    int seen = scores[0].length;
    double[][] residuals = new double[mixtures][seen];
    double[] estimates = new double[mixtures];
    for (int i = 0; i < mixtures; i++) {
      for (int e = 0; e < seen; e++) {
        residuals[i][e] = scores[i][e] - predictions[i][e];
      }
      estimates[i] =
          mean(residuals[i], exampleWeights, seen) + mean(predictions[i], exampleWeights, examples);
    }
    int leader = 0;
    for (int i = 1; i < mixtures; i++) {
      leader = estimates[i] < estimates[leader] ? i : leader;
    }
    double[] lengths = new double[mixtures];
    double[][] influences = new double[mixtures][];
    List<Estimate> gaps = new ArrayList<>();
    double unseen = Math.sqrt(Math.max(0, 1 - seen / (double) examples));
    for (int i = 0; i < mixtures; i++) {
      influences[i] = influences(residuals[i], residuals[leader], exampleWeights);
      lengths[i] = Math.sqrt(Arrays.stream(influences[i]).map(z -> z * z).sum());
      double error = lengths[i] / Math.sqrt(seen * Math.max(1.0, seen - 1.0)) * unseen;
      gaps.add(new Estimate(estimates[i] - estimates[leader], error));
    }
    double quantile = quantile(influences, lengths);
    List<Integer> survivors = new ArrayList<>();
    for (int i = 0; i < mixtures; i++) {
      if (i == leader || gaps.get(i).value() <= quantile * gaps.get(i).standardError()) {
        survivors.add(i);
      }
    }
    return new Look(leader, survivors, gaps, quantile);
  }

  /** What each example adds to the error of a gap. */
  private static double[] influences(double[] residuals, double[] leader, double[] weights) {
    int seen = residuals.length;
    double[] influences = new double[seen];
    for (int e = 0; e < seen; e++) {
      influences[e] = residuals[e] - leader[e];
    }
    double gap = mean(influences, weights, seen);
    double total = Arrays.stream(weights, 0, seen).sum();
    for (int e = 0; e < seen; e++) {
      influences[e] = weights[e] * seen / total * (influences[e] - gap);
    }
    return influences;
  }

  private double quantile(double[][] influences, double[] lengths) {
    Random random = new Random(seed);
    double[] greatest = new double[DRAWS];
    double[] multipliers = new double[influences[0].length];
    for (int draw = 0; draw < DRAWS; draw++) {
      Arrays.setAll(multipliers, e -> random.nextGaussian());
      for (int i = 0; i < influences.length; i++) {
        if (lengths[i] > 0) {
          double sum = 0;
          for (int e = 0; e < multipliers.length; e++) {
            sum += influences[i][e] * multipliers[e];
          }
          greatest[draw] = Math.max(greatest[draw], Math.abs(sum) / lengths[i]);
        }
      }
    }
    Arrays.sort(greatest);
    return greatest[(int) Math.min(DRAWS - 1L, (long) Math.ceil((1 - risk) * DRAWS) - 1)];
  }

  private static double mean(double[] values, double[] weights, int count) {
    double sum = 0;
    double total = 0;
    for (int e = 0; e < count; e++) {
      sum += weights[e] * values[e];
      total += weights[e];
    }
    return sum / total;
  }

  /**
   * What a look shows. Mixtures are named by their rows.
   *
   * @param leader the best so far
   * @param survivors those that stay in the race, ascending, the leader among them
   * @param gaps of every mixture to the leader, with what is known from the examples seen; a
   *     dropped mixture's score is the leader's in the end plus its gap here
   * @param quantile how many errors a gap had to exceed
   */
  public record Look(int leader, List<Integer> survivors, List<Estimate> gaps, double quantile) {

    public Look {
      survivors = List.copyOf(survivors);
      gaps = List.copyOf(gaps);
    }
  }
}
