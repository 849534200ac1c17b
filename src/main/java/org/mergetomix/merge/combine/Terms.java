package org.mergetomix.merge.combine;

import java.util.ArrayList;
import java.util.List;
import org.mergetomix.mixture.Mixture;

/**
 * A mixture with its datasets resolved to experts.
 *
 * @param all in ascending order of the datasets' ids; none for the base
 */
public record Terms(List<Term> all) {

  /**
   * A dataset with its weight in a mixture.
   *
   * @param expert counts the datasets of the run in ascending order of their ids
   * @param weight 1 where all weights are equal
   */
  public record Term(int expert, float weight) {}

  /**
   * Resolves a mixture.
   *
   * @param datasets of the run, ascending
   * @throws IllegalArgumentException for a dataset that is none of them
   */
  public static Terms of(Mixture mixture, List<String> datasets) {
    List<Term> terms = new ArrayList<>();
    for (String dataset : mixture.datasets()) {
      int expert = datasets.indexOf(dataset);
      if (expert < 0) {
        throw new IllegalArgumentException("No expert for dataset " + dataset);
      }
      terms.add(new Term(expert, (float) mixture.mergeWeight(dataset)));
    }
    return new Terms(List.copyOf(terms));
  }

  /** How many there are. */
  public int size() {
    return all.size();
  }

  /** One of them, from 0. */
  public Term get(int index) {
    return all.get(index);
  }

  /** The sum of the weights. */
  public float total() {
    float total = 0;
    for (Term term : all) {
      total += term.weight();
    }
    return total;
  }

  /**
   * What weights are multiplied by so that their mean is 1. So a sum over a mixture with nearly
   * equal ratios is nearly that over the plain subset.
   */
  public double toMeanOne() {
    return size() / (double) total();
  }

  boolean equalWeights() {
    return all.stream().allMatch(term -> term.weight() == all.get(0).weight());
  }

  /** How many terms both begin with. */
  public int shared(Terms other) {
    int shared = 0;
    int most = Math.min(size(), other.size());
    while (shared < most && get(shared).equals(other.get(shared))) {
      shared++;
    }
    return shared;
  }
}
