package org.mergetomix.score;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * The score of one model on each example of a task, in the task's order, with the weight that each
 * example has in the mean: bits per byte and bytes, for instance.
 *
 * <p>All sums run over the examples in order, in double precision, so results repeat bit for bit.
 * Immutable, so safe to share between threads.
 */
public final class ExampleScores implements Serializable {

  private static final long serialVersionUID = 1L;

  private final double[] scores;
  private final double[] weights;

  /**
   * Copies both arrays.
   *
   * @param scores a score per example, at least one; they may be NaN or infinite
   * @param weights a positive, finite weight per example
   * @throws IllegalArgumentException when there is no example, the lengths differ or a weight will
   *     not do
   */
  public ExampleScores(double[] scores, double[] weights) {
    if (scores.length == 0 || scores.length != weights.length) {
      throw new IllegalArgumentException(
          scores.length + " example scores have " + weights.length + " weights");
    }
    this.scores = scores.clone();
    this.weights = weights.clone();
    for (double weight : this.weights) {
      if (!(weight > 0) || Double.isInfinite(weight)) {
        throw new IllegalArgumentException(
            "The weight of an example is positive and finite, not " + weight);
      }
    }
  }

  /** How many examples there are: 1 or more. */
  public int size() {
    return scores.length;
  }

  /** A copy of the scores, one per example. */
  public double[] scores() {
    return scores.clone();
  }

  /** A copy of the weights, one per example. */
  public double[] weights() {
    return weights.clone();
  }

  /** Whether every score is a number, neither NaN nor infinite. */
  public boolean finite() {
    return DoubleStream.of(scores).allMatch(Double::isFinite);
  }

  /**
   * The weighted mean of the scores. Its standard error takes both scores and weights as drawn with
   * the examples (a ratio of two means, linearised); it is NaN for a single example.
   */
  public Estimate mean() {
    int count = scores.length;
    double weighted = 0;
    double total = 0;
    for (int i = 0; i < count; i++) {
      weighted += weights[i] * scores[i];
      total += weights[i];
    }
    double mean = weighted / total;
    double meanWeight = total / count;
    double squares = 0;
    for (int i = 0; i < count; i++) {
      double residual = weights[i] * (scores[i] - mean) / meanWeight;
      squares += residual * residual;
    }
    double error = count == 1 ? Double.NaN : Math.sqrt(squares / (count - 1) / count);
    return new Estimate(mean, error);
  }

  /**
   * By how much these scores are above those of another model on the same examples: the weighted
   * mean of the differences, with its standard error. What both models find hard or easy about an
   * example cancels out.
   *
   * @throws IllegalArgumentException when the other scores do not have the same weights, so are not
   *     on the same examples
   */
  public Estimate minus(ExampleScores other) {
    if (!sameExamples(other)) {
      throw new IllegalArgumentException(
          "Scores of " + size() + " and " + other.size() + " examples differ in their weights");
    }
    double[] differences = new double[scores.length];
    Arrays.setAll(differences, i -> scores[i] - other.scores[i]);
    return new ExampleScores(differences, weights).mean();
  }

  /** Whether the other scores have the same weights, as they must on the same examples. */
  public boolean sameExamples(ExampleScores other) {
    return Arrays.equals(weights, other.weights);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExampleScores that
        && Arrays.equals(scores, that.scores)
        && Arrays.equals(weights, that.weights);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(scores) + Arrays.hashCode(weights);
  }

  @Override
  public String toString() {
    return size() + " examples, " + mean();
  }
}
