package org.mergetomix.statistics;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.Objective;

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
   * @return this
   * @throws IllegalArgumentException when it was fed with other examples
   */
  public DatasetEffects merge(DatasetEffects other) {
    if (other.all.mixtures > 0) {
      useWeights(other.weights);
      all.add(other.all.sums, other.all.mixtures);
      other.with.forEach((dataset, sums) -> sumsWith(dataset).add(sums.sums, sums.mixtures));
    }
    return this;
  }

  /**
   * The effect of each dataset on the objective, the most helpful first, ties by id. A dataset that
   * every mixture holds, or none, has no effect that could be measured and is left out.
   *
   * @param byTask what was fed of each task of the objective
   */
  public static List<DatasetEffect> of(
      SortedMap<String, DatasetEffects> byTask, Objective objective) {
    TreeSet<String> datasets = new TreeSet<>();
    byTask.values().forEach(task -> datasets.addAll(task.with.keySet()));
    byTask.values().forEach(task -> datasets.removeIf(dataset -> !task.hasBoth(dataset)));
    return datasets.stream()
        .map(dataset -> effect(dataset, byTask, objective))
        .sorted(
            Comparator.comparingDouble((DatasetEffect effect) -> -effect.gain().value())
                .thenComparing(DatasetEffect::dataset))
        .toList();
  }

  private static DatasetEffect effect(
      String dataset, SortedMap<String, DatasetEffects> byTask, Objective objective) {
    SortedMap<String, ExampleScores> with = new TreeMap<>();
    SortedMap<String, ExampleScores> without = new TreeMap<>();
    byTask.forEach(
        (task, effects) -> {
          ExampleSums sums = effects.with.get(dataset);
          with.put(task, new ExampleScores(sums.means(), effects.weights));
          without.put(task, new ExampleScores(effects.all.minus(sums).means(), effects.weights));
        });
    return new DatasetEffect(
        dataset, objective.score(with), objective.score(without), objective.gain(with, without));
  }

  private boolean hasBoth(String dataset) {
    return with.containsKey(dataset) && with.get(dataset).mixtures < all.mixtures;
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
