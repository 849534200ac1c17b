package org.mergetomix.mixture;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/**
 * Which weights the datasets of a subset have: the same, or in proportion to how much data each
 * has. In proportion they are whole thousandths, as people write them, so that a mixture's id is
 * readable and says all of it. Immutable.
 *
 * @param by what the weights go by
 * @param amounts how many examples or tokens each dataset has, 1 or more, by id; empty where
 *     weights go by the dataset
 */
public record SubsetWeights(By by, SortedMap<String, Long> amounts) implements Serializable {

  private static final long serialVersionUID = 1L;

  /** All alike. */
  public static final SubsetWeights EQUAL = new SubsetWeights(By.DATASET, new TreeMap<>());

  private static final int WHOLE = 1000;

  /** What the weights of a subset go by. */
  public enum By {
    /** Each dataset has the same weight. */
    DATASET,
    /** Each dataset has the weight of its examples. */
    EXAMPLE,
    /** Each dataset has the weight of its tokens that are trained on. */
    TOKEN
  }

  /**
   * Checks that amounts are there where they are needed.
   *
   * @throws IllegalArgumentException where they are not
   */
  public SubsetWeights {
    amounts = Collections.unmodifiableSortedMap(new TreeMap<>(amounts));
    if ((by == By.DATASET) != amounts.isEmpty() || amounts.values().stream().anyMatch(n -> n < 1)) {
      throw new IllegalArgumentException("weights by " + by + " of " + amounts);
    }
  }

  /** Whether every subset has equal weights. */
  public boolean areEqual() {
    return by == By.DATASET;
  }

  /**
   * Refuses datasets whose weight beside all others would be less than a thousandth: no mixture of
   * theirs could be written.
   *
   * @param datasets that may stand together
   * @throws UserException (usage) with each that is too small
   */
  public void requireTold(Collection<String> datasets) {
    if (areEqual()) {
      return;
    }
    long all = datasets.stream().mapToLong(dataset -> amounts.get(dataset)).sum();
    List<Problem> problems = new ArrayList<>();
    for (String dataset : datasets.stream().sorted().toList()) {
      if (WHOLE * (double) amounts.get(dataset) < all) {
        problems.add(
            new Problem(
                String.format(
                    Locale.ROOT,
                    "Dataset %s has %,d of %,d %ss: its weight among all datasets would be under a"
                        + " thousandth",
                    dataset,
                    amounts.get(dataset),
                    all,
                    name()),
                "search.weights",
                "Name it in search.forbidden, or set search.weights to dataset"));
      }
    }
    UserException.usageIfAny(problems);
  }

  /**
   * The mixture of these datasets.
   *
   * @param datasets ids, each once, at least one, each with an amount where weights go by that
   */
  public Mixture subset(Collection<String> datasets) {
    if (areEqual()) {
      return Mixture.subset(datasets);
    }
    List<String> ids = datasets.stream().sorted().toList();
    double[] shares = weights(ids.stream().mapToDouble(this::amount).toArray());
    Map<String, Double> weights = new LinkedHashMap<>();
    for (int i = 0; i < shares.length; i++) {
      weights.put(ids.get(i), shares[i]);
    }
    return Mixture.weighted(weights);
  }

  /**
   * The weights of datasets in their {@link #subset}, without making it.
   *
   * @param amounts that they have, in ascending order of their ids, each above 0
   * @return in the same order, numbers above 0 that sum to 1
   */
  public static double[] weights(double[] amounts) {
    if (Arrays.stream(amounts).allMatch(amount -> amount == amounts[0])) {
      // A third each is no whole number of thousandths.
      double[] equal = new double[amounts.length];
      Arrays.fill(equal, 1.0 / amounts.length);
      return equal;
    }
    return Thousandths.shares(Thousandths.atLeastOne(amounts));
  }

  /** Whether a mixture is the subset of its datasets; the base is where all weights are equal. */
  public boolean isSubset(Mixture mixture) {
    return areEqual()
        ? mixture.equalWeights()
        : mixture.size() > 0
            && amounts.keySet().containsAll(mixture.datasets())
            && mixture.equals(subset(mixture.datasets()));
  }

  /** How much data a dataset has; the same of all where weights are equal. */
  public double amount(String dataset) {
    return areEqual() ? 1 : amounts.get(dataset);
  }

  /** In words behind what is weighted: {@code , weighted by example}; nothing for equal weights. */
  public String describe() {
    return areEqual() ? "" : ", weighted by " + name();
  }

  /** The same with all amounts: everything that decides weights. */
  public String identity() {
    return areEqual()
        ? ""
        : describe()
            + amounts.entrySet().stream()
                .map(amount -> amount.getKey() + " " + amount.getValue())
                .collect(Collectors.joining(", ", " (", ")"));
  }

  private String name() {
    return by.name().toLowerCase(Locale.ROOT);
  }
}
