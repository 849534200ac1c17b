package org.mergetomix.testing;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Observation;

/**
 * Scores of mixtures of made-up experts. An expert is a vector that goes part of the way to a
 * target and beside it; a mixture is the weighted mean of its vectors; its loss is the squared
 * distance to the target, stretched along some directions. Lower is better.
 */
public final class SyntheticScores {

  /** What becomes of the squared distance. */
  public enum Kind {
    /** The distance itself: what models have near their base. */
    QUADRATIC,
    /** A loss that levels off far from the target. */
    SATURATING,
    /** A step where a group of datasets has too little weight. */
    THRESHOLD,
    /** The share of examples, each with a target of its own, that are near enough; negative. */
    ACCURACY
  }

  private static final double FLOOR = 1.9;
  private static final double STRETCH = 0.25;

  /** How many examples there are. */
  public static final int EXAMPLES = 1000;

  private final Axes axes;
  private final Kind kind;
  private final double noise;
  private final long seed;
  private final double[][] experts;
  private final double[] target;
  private final double[] stretch;
  private final double[][] exampleTargets;
  private final double[] exampleRadii;

  /**
   * Scores of mixtures of so many datasets.
   *
   * @param noise deviation of an evaluation, a share of the score; the same mixture always gets the
   *     same
   */
  public SyntheticScores(int datasets, Kind kind, double noise, long seed) {
    this.kind = kind;
    this.noise = noise;
    this.seed = seed;
    axes =
        Axes.of(
            IntStream.range(0, datasets)
                .mapToObj(i -> String.format(Locale.ROOT, "d%03d", i))
                .toList());
    Random random = new Random(seed);
    int dimensions = datasets + 4;
    target = direction(random, dimensions, 1);
    stretch = random.doubles(dimensions).map(value -> Math.exp(1.2 * (value - .5))).toArray();
    experts = new double[datasets][];
    for (int i = 0; i < datasets; i++) {
      double along = .8 * random.nextDouble();
      experts[i] = direction(random, dimensions, .8);
      for (int k = 0; k < dimensions; k++) {
        experts[i][k] += along * target[k];
      }
    }
    exampleTargets = new double[EXAMPLES][];
    for (int e = 0; e < EXAMPLES; e++) {
      exampleTargets[e] = direction(random, dimensions, .6);
      for (int k = 0; k < dimensions; k++) {
        exampleTargets[e][k] += target[k];
      }
    }
    exampleRadii = random.doubles(EXAMPLES).map(value -> .4 + 1.2 * value).toArray();
  }

  public Axes axes() {
    return axes;
  }

  /** What a mixture really scores. */
  public double truth(double[] weights) {
    double[] mixed = mixed(weights);
    double distance = distance(mixed, target);
    return switch (kind) {
      case QUADRATIC -> FLOOR + STRETCH * distance;
      case SATURATING -> FLOOR + STRETCH * distance / (distance + .3);
      case THRESHOLD -> FLOOR + STRETCH * distance + .1 * shortOf(weights);
      case ACCURACY ->
          -IntStream.range(0, EXAMPLES)
                  .filter(e -> distance(mixed, exampleTargets[e]) < exampleRadii[e])
                  .count()
              / (double) EXAMPLES;
    };
  }

  /** What an evaluation of a mixture says. */
  public Observation observed(Mixture mixture) {
    double truth = truth(axes.weights(mixture));
    Random random = new Random(seed * 31 + mixture.id().hashCode());
    random.nextGaussian();
    return Observation.of(mixture, truth * (1 + noise * random.nextGaussian()));
  }

  /**
   * What a mixture scores on each of {@link #EXAMPLES} examples: each has a target and a difficulty
   * of its own, and noise that depends on the mixture.
   */
  public double[] exampleScores(Mixture mixture) {
    double[] mixed = mixed(axes.weights(mixture));
    Random random = new Random(seed * 17 + mixture.id().hashCode());
    double common = distance(mixed, target);
    double[] scores = new double[EXAMPLES];
    for (int e = 0; e < EXAMPLES; e++) {
      scores[e] =
          FLOOR * exampleRadii[e]
              + STRETCH * common
              + 5 * STRETCH * (distance(mixed, exampleTargets[e]) - common)
              + 0.01 * random.nextGaussian();
    }
    return scores;
  }

  /**
   * The lowest true score of all subsets: by enumeration, or beyond 16 datasets by many descents.
   */
  public double lowestOfSubsets() {
    int datasets = axes.size();
    if (datasets <= 16) {
      return IntStream.range(1, 1 << datasets)
          .mapToDouble(mask -> truth(axes.weights(BitSet.valueOf(new long[] {mask}))))
          .min()
          .orElseThrow();
    }
    Random random = new Random(seed);
    return IntStream.range(0, 12)
        .mapToDouble(start -> descend(random, 1 + random.nextInt(datasets)))
        .min()
        .orElseThrow();
  }

  private double descend(Random random, int size) {
    BitSet members = new BitSet();
    while (members.cardinality() < size) {
      members.set(random.nextInt(axes.size()));
    }
    double lowest = truth(axes.weights(members));
    while (true) {
      BitSet best = members;
      for (int i = 0; i < axes.size(); i++) {
        for (int j = i; j < axes.size(); j++) {
          BitSet changed = (BitSet) members.clone();
          changed.flip(i);
          if (i != j) {
            changed.flip(j);
          }
          double score = changed.isEmpty() ? lowest : truth(axes.weights(changed));
          if (score < lowest) {
            lowest = score;
            best = changed;
          }
        }
      }
      if (best.equals(members)) {
        return lowest;
      }
      members = best;
    }
  }

  private double[] mixed(double[] weights) {
    double[] mixed = new double[target.length];
    for (int i = 0; i < weights.length; i++) {
      for (int k = 0; weights[i] != 0 && k < mixed.length; k++) {
        mixed[k] += weights[i] * experts[i][k];
      }
    }
    return mixed;
  }

  private double distance(double[] from, double[] to) {
    double sum = 0;
    for (int k = 0; k < from.length; k++) {
      sum += stretch[k] * (from[k] - to[k]) * (from[k] - to[k]);
    }
    return sum;
  }

  /** 1 where the first third of the datasets has next to no weight, 0 where it has a third. */
  private static double shortOf(double[] weights) {
    double group = Arrays.stream(weights, 0, weights.length / 3).sum();
    return 1 / (1 + Math.exp((group - .2) / .02));
  }

  private static double[] direction(Random random, int dimensions, double length) {
    double[] vector =
        IntStream.range(0, dimensions).mapToDouble(k -> random.nextGaussian()).toArray();
    double norm = Math.sqrt(Arrays.stream(vector).map(value -> value * value).sum());
    return Arrays.stream(vector).map(value -> length * value / norm).toArray();
  }
}
