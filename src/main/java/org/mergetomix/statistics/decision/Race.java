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

  private final double risk;
  private final long seed;

  /**
   * A race.
   *
   * @param looks how often mixtures may be dropped before all examples were seen, 1 or more
   * @param risk of ever dropping the best, such as 0.05
   */
  public Race(int looks, double risk, long seed) {
    this.risk = risk / looks;
    this.seed = seed;
  }

  /**
   * What was seen of a task. A mixture is a row, an example a column, in the race's order.
   * Immutable; its arrays are not copied.
   */
  public static final class Seen {

    private final double factor;
    private final int examples;
    private final double[] weights;
    private final double[][] scores;
    private final double[][] predictions;
    private final double[] predictedMeans;

    private Seen(
        double factor,
        int examples,
        double[] weights,
        double[][] scores,
        double[][] predictions,
        double[] predictedMeans) {
      this.factor = factor;
      this.examples = examples;
      this.weights = weights;
      this.scores = scores;
      this.predictions = predictions;
      this.predictedMeans = predictedMeans;
    }

    /**
     * What was seen where there is no surface.
     *
     * @param factor what a mean over the examples is multiplied by on its way into the score; below
     *     0 where higher means are better
     * @param examples how many there are in all
     * @param weights of the examples that were seen, above 0
     * @param scores of the mixtures on these
     */
    public static Seen of(double factor, int examples, double[] weights, double[][] scores) {
      return new Seen(
          factor,
          examples,
          weights,
          scores,
          new double[scores.length][weights.length],
          new double[scores.length]);
    }

    /**
     * The same beside what a surface predicts.
     *
     * @param expected in place of the scores; they may depend only on mixtures that saw all
     *     examples
     * @param expectedMeans of each mixture over all examples
     */
    public Seen beside(double[][] expected, double[] expectedMeans) {
      return new Seen(factor, examples, weights, scores, expected, expectedMeans);
    }

    /** The score of a mixture: what was predicted, and by how much that was wrong so far. */
    private double estimate(int mixture) {
      return factor * (mean(residuals(mixture), weights) + predictedMeans[mixture]);
    }

    private double[] residuals(int mixture) {
      double[] residuals = scores[mixture].clone();
      for (int e = 0; e < residuals.length; e++) {
        residuals[e] -= predictions[mixture][e];
      }
      return residuals;
    }

    /** What each example adds to the gap to another mixture; the root of their squares errs it. */
    private double[] influences(int mixture, int leader) {
      double[] influences = residuals(mixture);
      double[] others = residuals(leader);
      int seen = influences.length;
      for (int e = 0; e < seen; e++) {
        influences[e] -= others[e];
      }
      double gap = mean(influences, weights);
      double total = Arrays.stream(weights).sum();
      double unseen = Math.sqrt(Math.max(0, 1 - seen / (double) examples));
      double scale = factor * unseen / Math.sqrt(seen * Math.max(1.0, seen - 1.0));
      for (int e = 0; e < seen; e++) {
        influences[e] = scale * (weights[e] * seen / total * (influences[e] - gap));
      }
      return influences;
    }

    private static double mean(double[] values, double[] weights) {
      double sum = 0;
      double total = 0;
      for (int e = 0; e < values.length; e++) {
        sum += weights[e] * values[e];
        total += weights[e];
      }
      return sum / total;
    }
  }

  /**
   * Looks at what was seen so far.
   *
   * @param tasks at least one, each with the same mixtures in its rows
   */
  public Look look(List<Seen> tasks) {
    int mixtures = tasks.get(0).scores.length;
    double[] estimates = new double[mixtures];
    for (Seen task : tasks) {
      for (int i = 0; i < mixtures; i++) {
        estimates[i] += task.estimate(i);
      }
    }
    int leader = 0;
    for (int i = 1; i < mixtures; i++) {
      leader = estimates[i] < estimates[leader] ? i : leader;
    }
    double[][] influences = new double[mixtures][];
    double[] errors = new double[mixtures];
    List<Estimate> gaps = new ArrayList<>();
    for (int i = 0; i < mixtures; i++) {
      influences[i] = influences(tasks, i, leader);
      errors[i] = length(influences[i]);
      gaps.add(new Estimate(estimates[i] - estimates[leader], errors[i]));
    }
    double quantile = quantile(influences, errors);
    List<Integer> survivors = new ArrayList<>();
    for (int i = 0; i < mixtures; i++) {
      if (i == leader || gaps.get(i).value() <= quantile * gaps.get(i).standardError()) {
        survivors.add(i);
      }
    }
    return new Look(leader, survivors, gaps, quantile);
  }

  private static double[] influences(List<Seen> tasks, int mixture, int leader) {
    return tasks.stream()
        .flatMapToDouble(task -> Arrays.stream(task.influences(mixture, leader)))
        .toArray();
  }

  private static double length(double[] influences) {
    double squares = 0;
    for (double influence : influences) {
      squares += influence * influence;
    }
    return Math.sqrt(squares);
  }

  private double quantile(double[][] influences, double[] errors) {
    Random random = new Random(seed);
    double[] greatest = new double[DRAWS];
    double[] multipliers = new double[influences[0].length];
    for (int draw = 0; draw < DRAWS; draw++) {
      Arrays.setAll(multipliers, e -> random.nextGaussian());
      for (int i = 0; i < influences.length; i++) {
        if (errors[i] > 0) {
          double sum = 0;
          for (int e = 0; e < multipliers.length; e++) {
            sum += influences[i][e] * multipliers[e];
          }
          greatest[draw] = Math.max(greatest[draw], Math.abs(sum) / errors[i]);
        }
      }
    }
    Arrays.sort(greatest);
    return greatest[(int) Math.min(DRAWS - 1L, (long) Math.ceil((1 - risk) * DRAWS) - 1)];
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
