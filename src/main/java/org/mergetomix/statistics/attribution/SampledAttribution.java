package org.mergetomix.statistics.attribution;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.mergetomix.score.Estimate;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Prediction;
import org.mergetomix.surface.Surface;

/**
 * Attribution from any surface, over subsets drawn at random. Errors are those of the surface and
 * of the draw together.
 */
public final class SampledAttribution implements Attribution {

  /** There are many pairs, and each takes four mixtures a sample. */
  private static final int PAIRS_SHARE = 4;

  private final Surface surface;
  private final Axes axes;
  private final double empty;
  private final int samples;
  private final long seed;

  /**
   * Attribution of a surface's scores.
   *
   * @param empty the score of the base, the mixture of nothing
   * @param samples subsets drawn for a value, rounded up to a multiple of the datasets; time grows
   *     with their square
   */
  public SampledAttribution(Surface surface, Axes axes, double empty, int samples, long seed) {
    this.surface = surface;
    this.axes = axes;
    this.empty = empty;
    int turns = (samples + axes.size() - 1) / axes.size();
    this.samples = axes.size() * Math.max(2, turns);
    this.seed = seed;
  }

  private SampledAttribution fewer() {
    return new SampledAttribution(surface, axes, empty, samples / PAIRS_SHARE, seed);
  }

  @Override
  public Estimate shapley(int dataset) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] others = others(dataset, dataset);
    // Sizes in turn, not drawn: every size counts alike in a Shapley value.
    return estimate(draw -> draw % axes.size(), random, others, dataset, dataset);
  }

  @Override
  public Estimate mainEffect(int dataset) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] others = others(dataset, dataset);
    return estimate(draw -> anySize(random, others.length), random, others, dataset, dataset);
  }

  @Override
  public Estimate interaction(int first, int second) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] others = others(first, second);
    return fewer().estimate(draw -> anySize(random, others.length), random, others, first, second);
  }

  private Estimate estimate(
      IntUnaryOperator sizes, SplittableRandom random, int[] others, int first, int second) {
    Terms terms = new Terms();
    double[] differences = new double[samples];
    for (int draw = 0; draw < samples; draw++) {
      BitSet background = subset(random, others, sizes.applyAsInt(draw));
      if (first == second) {
        differences[draw] = terms.add(background, 1, first) + terms.add(background, -1);
      } else {
        differences[draw] =
            terms.add(background, 1, first, second)
                + terms.add(background, -1, first)
                + terms.add(background, -1, second)
                + terms.add(background, 1);
      }
    }
    double mean = 0;
    for (double difference : differences) {
      mean += difference / samples;
    }
    double squares = 0;
    for (double difference : differences) {
      squares += (difference - mean) * (difference - mean);
    }
    double drawn = squares / (samples * (samples - 1.0));
    return new Estimate(mean, Math.sqrt(terms.together().variance() + drawn));
  }

  private int[] others(int first, int second) {
    return IntStream.range(0, axes.size())
        .filter(dataset -> dataset != first && dataset != second)
        .toArray();
  }

  /** The size of a subset, any but the empty one alike. */
  private static int anySize(SplittableRandom random, int others) {
    int size = 0;
    while (size == 0) {
      for (int i = 0; i < others; i++) {
        size += random.nextInt(2);
      }
    }
    return size;
  }

  private static BitSet subset(SplittableRandom random, int[] others, int size) {
    int[] left = others.clone();
    BitSet members = new BitSet();
    for (int i = 0; i < size; i++) {
      int other = i + random.nextInt(left.length - i);
      members.set(left[other]);
      left[other] = left[i];
    }
    return members;
  }

  /** Mixtures with their factors in a mean over the samples. */
  private final class Terms {

    private final List<Double> factors = new ArrayList<>();
    private final List<double[]> mixtures = new ArrayList<>();

    /** Adds a background with datasets, and says what it contributes to one sample. */
    double add(BitSet background, int sign, int... datasets) {
      BitSet members = (BitSet) background.clone();
      for (int dataset : datasets) {
        members.set(dataset);
      }
      if (members.isEmpty()) {
        return sign * empty;
      }
      double[] weights = axes.weights(members);
      factors.add((double) sign / samples);
      mixtures.add(weights);
      return sign * surface.mean(weights);
    }

    Prediction together() {
      return surface.combination(
          factors.stream().mapToDouble(Double::doubleValue).toArray(),
          mixtures.toArray(double[][]::new));
    }
  }
}
