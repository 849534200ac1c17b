package org.mergetomix.statistics;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;

/**
 * Measures what each dataset does to the scores of one task: mixtures with it against mixtures
 * without it, example by example.
 *
 * <p>Fed with one mixture at a time. Holds one sum per dataset and example, whatever the number of
 * mixtures. The order of feeding and merging changes results by rounding only. Not safe for use by
 * several threads at once.
 */
public final class DatasetEffects implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Over all mixtures; empty before the first is fed. */
  private ExampleSums all = new ExampleSums();

  /** Over the mixtures that hold the dataset. */
  private final TreeMap<String, ExampleSums> with = new TreeMap<>();

  /** Weights of the examples; empty before the first mixture is fed. */
  private double[] weights = {};

  /** Begins with no mixture. */
  public DatasetEffects() {}

  /**
   * Takes one evaluated mixture into account.
   *
   * @param datasets the ids of its datasets, each once
   * @param scores its scores on the task's examples, all finite
   * @throws IllegalArgumentException when a score is not finite, or when the examples are not those
   *     that were fed before
   */
  public void feed(Collection<String> datasets, ExampleScores scores) {
    if (!scores.finite()) {
      throw new IllegalArgumentException("The scores of " + datasets + " are not all finite");
    }
    useWeights(scores.weights());
    double[] values = scores.scores();
    all.add(values, 1);
    datasets.forEach(dataset -> sumsWith(dataset).add(values, 1));
  }

  /**
   * Takes everything into account that {@code other} was fed.
   *
   * @throws IllegalArgumentException when it was fed with other examples
   */
  public void merge(DatasetEffects other) {
    if (other.all.mixtures == 0) {
      return;
    }
    useWeights(other.weights);
    all.add(other.all.sums, other.all.mixtures);
    other.with.forEach((dataset, sums) -> sumsWith(dataset).add(sums.sums, sums.mixtures));
  }

  /**
   * The effect of each dataset, the most helpful first, ties by id. A dataset that every mixture
   * holds, or none, has no effect that could be measured and is left out.
   */
  public List<DatasetEffect> effects(Direction direction) {
    List<DatasetEffect> effects = new ArrayList<>();
    with.forEach((dataset, sums) -> effect(dataset, sums, direction).ifPresent(effects::add));
    effects.sort(
        Comparator.comparingDouble((DatasetEffect effect) -> -effect.gain().value())
            .thenComparing(DatasetEffect::dataset));
    return List.copyOf(effects);
  }

  private Optional<DatasetEffect> effect(String dataset, ExampleSums sums, Direction direction) {
    if (sums.mixtures == all.mixtures) {
      return Optional.empty();
    }
    ExampleScores mean = new ExampleScores(sums.means(), weights);
    ExampleScores meanWithout = new ExampleScores(all.minus(sums).means(), weights);
    Estimate gain =
        switch (direction) {
          case LOWER_IS_BETTER -> meanWithout.minus(mean);
          case HIGHER_IS_BETTER -> mean.minus(meanWithout);
        };
    return Optional.of(new DatasetEffect(dataset, mean.mean(), meanWithout.mean(), gain));
  }

  private ExampleSums sumsWith(String dataset) {
    return with.computeIfAbsent(dataset, absent -> new ExampleSums());
  }

  private void useWeights(double[] others) {
    if (all.mixtures == 0) {
      weights = others.clone();
    } else if (!Arrays.equals(weights, others)) {
      throw new IllegalArgumentException(
          "The weights of " + others.length + " examples are not those that were fed before");
    }
  }

  /** A sum per example over some mixtures, and how many these are. */
  private static final class ExampleSums implements Serializable {

    private static final long serialVersionUID = 1L;

    private double[] sums = {};
    private long mixtures;

    void add(double[] others, long otherMixtures) {
      if (mixtures == 0) {
        sums = new double[others.length];
      }
      for (int i = 0; i < others.length; i++) {
        sums[i] += others[i];
      }
      mixtures += otherMixtures;
    }

    ExampleSums minus(ExampleSums part) {
      ExampleSums rest = new ExampleSums();
      rest.add(sums, mixtures - part.mixtures);
      for (int i = 0; i < sums.length; i++) {
        rest.sums[i] -= part.sums[i];
      }
      return rest;
    }

    double[] means() {
      return Arrays.stream(sums).map(sum -> sum / mixtures).toArray();
    }
  }
}
