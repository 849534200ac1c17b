package org.mergetomix.mixture;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Weights over datasets; with equal weights, a subset of the datasets; without any, the base.
 *
 * <p>Datasets are kept in ascending order of their ids; weights are positive and sum to 1 (to
 * rounding). Two mixtures are equal when their {@link #id() ids} are. Immutable, so safe to share
 * between threads.
 */
public final class Mixture implements Serializable {

  private static final long serialVersionUID = 1L;

  /**
   * Weights whose sum is this close to 1 are left alone: dividing them once more would change their
   * last bits, and an id would not read back as the mixture that wrote it.
   */
  private static final double SUM_TOLERANCE = 1e-12;

  private final String[] datasets;
  private final double[] weights;

  private Mixture(String[] datasets, double[] weights) {
    this.datasets = datasets;
    this.weights = weights;
  }

  /** The mixture of no datasets, whose surrogate is the base; its id is empty. */
  public static Mixture none() {
    return ofAscending();
  }

  /**
   * The mixture of these datasets with equal weights.
   *
   * @param datasets ids in any order, each once, at least one
   * @throws org.mergetomix.problem.UserException (usage) naming every id that is not valid or comes
   *     twice
   */
  public static Mixture subset(Collection<String> datasets) {
    MixtureRules.checkDatasets(datasets);
    return ofAscending(datasets.stream().sorted().toArray(String[]::new));
  }

  /**
   * The mixture of these datasets in these proportions.
   *
   * @param weights a positive, finite weight per dataset id, at least one; they are divided by
   *     their sum. Where all are equal, the result is the {@link #subset} of the datasets.
   * @throws org.mergetomix.problem.UserException (usage) naming every id or weight that will not do
   */
  public static Mixture weighted(Map<String, Double> weights) {
    MixtureRules.checkDatasets(weights.keySet());
    MixtureRules.checkWeights(weights);
    SortedMap<String, Double> ascending = new TreeMap<>(weights);
    String[] datasets = ascending.keySet().toArray(String[]::new);
    double[] normalised =
        normalise(ascending.values().stream().mapToDouble(Double::doubleValue).toArray());
    MixtureRules.checkNormalised(datasets, normalised);
    return allEqual(normalised) ? ofAscending(datasets) : new Mixture(datasets, normalised);
  }

  /**
   * Reads an {@link #id()}. Datasets may stand in any order, and weights need not sum to 1.
   *
   * @param id {@code es+fr+it} or {@code es:0.5+fr:0.25+it:0.25}
   * @throws org.mergetomix.problem.UserException (usage) saying what is wrong with the id
   */
  public static Mixture parse(String id) {
    return MixtureParser.parse(id);
  }

  /** Equal weights for ids that are already known to be valid, distinct and ascending. */
  static Mixture ofAscending(String... datasets) {
    double[] weights = new double[datasets.length];
    Arrays.fill(weights, 1.0 / datasets.length);
    return new Mixture(datasets, weights);
  }

  /** The readable id, one for each mixture: {@code es+fr+it} or {@code es:0.5+fr:0.25+it:0.25}. */
  public String id() {
    if (equalWeights()) {
      return String.join("+", datasets);
    }
    return IntStream.range(0, datasets.length)
        .mapToObj(i -> datasets[i] + ":" + ShortestDecimal.of(weights[i]))
        .collect(Collectors.joining("+"));
  }

  /** The ids of the datasets, ascending. */
  public List<String> datasets() {
    return List.of(datasets);
  }

  /** How many datasets the mixture has; 0 for the base alone. */
  public int size() {
    return datasets.length;
  }

  /** The weight of a dataset, above 0 and at most 1; 0 for a dataset that the mixture lacks. */
  public double weight(String dataset) {
    int index = Arrays.binarySearch(datasets, dataset);
    return index < 0 ? 0.0 : weights[index];
  }

  /** The weights in the order of {@link #datasets()}. */
  public List<Double> weights() {
    return DoubleStream.of(weights).boxed().toList();
  }

  /** Whether the mixture is a plain subset. */
  public boolean equalWeights() {
    return allEqual(weights);
  }

  /**
   * What a dataset's delta is multiplied by before the weighted sum is divided by the sum of these
   * weights. It is exactly 1 where weights are equal, so that sums are plain additions and
   * neighbouring subsets share them; otherwise the weight. 0 for a dataset that the mixture lacks.
   */
  public double mergeWeight(String dataset) {
    double weight = weight(dataset);
    return weight > 0 && equalWeights() ? 1.0 : weight;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Mixture mixture
        && Arrays.equals(datasets, mixture.datasets)
        && Arrays.equals(weights, mixture.weights);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(datasets) + Arrays.hashCode(weights);
  }

  /** The {@link #id()}. */
  @Override
  public String toString() {
    return id();
  }

  private static double[] normalise(double[] weights) {
    if (Math.abs(sum(weights) - 1) <= SUM_TOLERANCE) {
      return weights;
    }
    // A power of two takes no bits away, and keeps the sum of huge weights finite.
    int exponent = Math.getExponent(DoubleStream.of(weights).max().orElseThrow());
    double[] scaled =
        DoubleStream.of(weights).map(weight -> Math.scalb(weight, -exponent)).toArray();
    double divisor = sum(scaled);
    return DoubleStream.of(scaled).map(weight -> weight / divisor).toArray();
  }

  private static double sum(double[] weights) {
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    return sum;
  }

  private static boolean allEqual(double[] weights) {
    return DoubleStream.of(weights).allMatch(weight -> weight == weights[0]);
  }
}
