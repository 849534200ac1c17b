package org.mergetomix.score;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

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

  /** Copies nothing. */
  private ExampleScores(ExampleScores like, double[] weights) {
    this.scores = like.scores;
    this.weights = weights;
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

  /**
   * The scores of the first examples.
   *
   * @param count how many, 1 or more; all of them where there are fewer
   */
  public ExampleScores first(int count) {
    int size = Math.min(count, scores.length);
    return new ExampleScores(Arrays.copyOf(scores, size), Arrays.copyOf(weights, size));
  }

  /**
   * The same in another order.
   *
   * @param order which example stands at each place
   */
  public ExampleScores inOrder(int[] order) {
    return new ExampleScores(
        IntStream.of(order).mapToDouble(i -> scores[i]).toArray(),
        IntStream.of(order).mapToDouble(i -> weights[i]).toArray());
  }

  /** The same, with the weights of another model where they are equal: they are held once then. */
  public ExampleScores sharingWeights(ExampleScores other) {
    return sameExamples(other) ? new ExampleScores(this, other.weights) : this;
  }

  /**
   * The mean of several models' scores on each example, as of one recipe trained with several
   * seeds.
   *
   * @param models one or more, on the same examples
   * @throws IllegalArgumentException when they are not
   */
  public static ExampleScores mean(Collection<ExampleScores> models) {
    ExampleScores first = models.iterator().next();
    double[] sums = new double[first.size()];
    for (ExampleScores model : models) {
      first.requireSameExamples(model);
      Arrays.setAll(sums, i -> sums[i] + model.scores[i] / models.size());
    }
    return new ExampleScores(sums, first.weights);
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
    return new Estimate(weightedMean(), error(influences(Measure.Aggregate.MEAN)));
  }

  /** The score of the task that the examples add up to, with its error. */
  public Estimate aggregate(Measure.Aggregate aggregate) {
    return switch (aggregate) {
      case MEAN -> mean();
      case EXP_OF_MEAN -> {
        double value = Math.exp(weightedMean());
        yield new Estimate(value, error(influences(aggregate)));
      }
    };
  }

  /**
   * By how much what these scores add up to is above that of another model on the same examples,
   * with the error of the difference.
   *
   * @throws IllegalArgumentException when the other scores do not have the same weights, so are not
   *     on the same examples
   */
  public Estimate minus(ExampleScores other, Measure.Aggregate aggregate) {
    return switch (aggregate) {
      case MEAN -> minus(other);
      case EXP_OF_MEAN -> {
        requireSameExamples(other);
        double[] influences = influences(aggregate);
        double[] others = other.influences(aggregate);
        Arrays.setAll(influences, i -> influences[i] - others[i]);
        // The difference of two exponentials without the digits that they share.
        double value = Math.exp(other.weightedMean()) * Math.expm1(minus(other).value());
        yield new Estimate(value, error(influences));
      }
    };
  }

  /**
   * How far each example moves what the scores add up to, to first order and times the number of
   * examples. What depends on several such numbers has influences of its own: theirs by its
   * derivatives.
   */
  double[] influences(Measure.Aggregate aggregate) {
    double mean = weightedMean();
    double derivative = aggregate == Measure.Aggregate.EXP_OF_MEAN ? Math.exp(mean) : 1;
    // In this order, a mean has the bits that it had before there were other aggregates.
    double meanWeight = totalWeight() / weights.length;
    double[] influences = new double[scores.length];
    Arrays.setAll(influences, i -> derivative * (weights[i] * (scores[i] - mean) / meanWeight));
    return influences;
  }

  /** The standard error that influences of drawn examples give; NaN for a single example. */
  static double error(double[] influences) {
    int count = influences.length;
    double squares = 0;
    for (double influence : influences) {
      squares += influence * influence;
    }
    return count == 1 ? Double.NaN : Math.sqrt(squares / (count - 1) / count);
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
    requireSameExamples(other);
    double[] differences = new double[scores.length];
    Arrays.setAll(differences, i -> scores[i] - other.scores[i]);
    return new ExampleScores(differences, weights).mean();
  }

  private double weightedMean() {
    double weighted = 0;
    for (int i = 0; i < scores.length; i++) {
      weighted += weights[i] * scores[i];
    }
    return weighted / totalWeight();
  }

  private double totalWeight() {
    double total = 0;
    for (double weight : weights) {
      total += weight;
    }
    return total;
  }

  private void requireSameExamples(ExampleScores other) {
    if (!sameExamples(other)) {
      throw new IllegalArgumentException(
          "Scores of " + size() + " and " + other.size() + " examples differ in their weights");
    }
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
