package org.mergetomix.surface;

import java.io.Serializable;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.SubsetWeights;

/**
 * The datasets as coordinates of merge weights: dataset {@code i} in ascending order of the ids is
 * coordinate {@code i}. Immutable.
 */
public final class Axes implements Serializable {

  private static final long serialVersionUID = 1L;

  private final String[] datasets;
  private final SubsetWeights subsets;

  private Axes(String[] datasets, SubsetWeights subsets) {
    this.datasets = datasets;
    this.subsets = subsets;
  }

  /**
   * The axes of these datasets.
   *
   * @param datasets ids in any order, at least one
   */
  public static Axes of(Collection<String> datasets) {
    return of(datasets, SubsetWeights.EQUAL);
  }

  /**
   * The axes of these datasets.
   *
   * @param datasets ids in any order, at least one
   * @param subsets which weights they have in a subset
   */
  public static Axes of(Collection<String> datasets, SubsetWeights subsets) {
    if (datasets.isEmpty()) {
      throw new IllegalArgumentException("no datasets");
    }
    return new Axes(new TreeSet<>(datasets).toArray(String[]::new), subsets);
  }

  /** Which weights datasets have in a subset. */
  public SubsetWeights subsets() {
    return subsets;
  }

  /** How many datasets there are. */
  public int size() {
    return datasets.length;
  }

  /** The ids, ascending. */
  public List<String> datasets() {
    return List.of(datasets);
  }

  /**
   * The coordinate of a dataset.
   *
   * @throws IllegalArgumentException if there is no such dataset
   */
  public int indexOf(String dataset) {
    int index = Arrays.binarySearch(datasets, dataset);
    if (index < 0) {
      throw new IllegalArgumentException("no axis for dataset " + dataset);
    }
    return index;
  }

  /** The weights of a mixture: {@link #size()} numbers of 0 or more that sum to 1. */
  public double[] weights(Mixture mixture) {
    double[] weights = new double[datasets.length];
    for (String dataset : mixture.datasets()) {
      weights[indexOf(dataset)] = mixture.weight(dataset);
    }
    return weights;
  }

  /** The weights of the subset with these members, and 0 elsewhere. */
  public double[] weights(BitSet members) {
    int[] places = members.stream().toArray();
    double[] ofMembers =
        SubsetWeights.weights(
            Arrays.stream(places)
                .mapToDouble(member -> subsets.amount(datasets[member]))
                .toArray());
    double[] weights = new double[datasets.length];
    for (int i = 0; i < places.length; i++) {
      weights[places[i]] = ofMembers[i];
    }
    return weights;
  }

  /** The mixture of these weights; datasets of weight 0 are left out. */
  public Mixture mixture(double[] weights) {
    Map<String, Double> named = new LinkedHashMap<>();
    for (int i = 0; i < datasets.length; i++) {
      if (weights[i] > 0) {
        named.put(datasets[i], weights[i]);
      }
    }
    return Mixture.weighted(named);
  }

  /** The subset with these members. */
  public Mixture subset(BitSet members) {
    return subsets.subset(members.stream().mapToObj(member -> datasets[member]).toList());
  }

  /** The coordinates of a mixture's datasets. */
  public BitSet members(Mixture mixture) {
    BitSet members = new BitSet(datasets.length);
    mixture.datasets().forEach(dataset -> members.set(indexOf(dataset)));
    return members;
  }
}
