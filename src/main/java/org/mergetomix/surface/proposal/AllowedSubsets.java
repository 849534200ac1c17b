package org.mergetomix.surface.proposal;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.math3.util.CombinatoricsUtils;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.surface.Axes;

/**
 * Which datasets may stand together: so many, with those that are required and without those that
 * are forbidden. Immutable.
 */
public final class AllowedSubsets implements Serializable {

  private static final long serialVersionUID = 1L;

  private final Axes axes;
  private final int minimum;
  private final int maximum;
  private final BitSet required;
  private final int[] free;

  private AllowedSubsets(Axes axes, int minimum, int maximum, BitSet required, BitSet forbidden) {
    this.axes = axes;
    this.required = required;
    free =
        IntStream.range(0, axes.size())
            .filter(dataset -> !required.get(dataset) && !forbidden.get(dataset))
            .toArray();
    this.minimum = Math.max(minimum, Math.max(1, required.cardinality()));
    this.maximum = Math.min(maximum, required.cardinality() + free.length);
  }

  /** All subsets of the datasets. */
  public static AllowedSubsets all(Axes axes) {
    return of(axes, 1, axes.size(), Set.of(), Set.of());
  }

  /**
   * Subsets within bounds.
   *
   * @param minimum fewest datasets of a mixture, 1 or more
   * @param maximum most datasets of a mixture; more than there are is no limit
   * @param required ids that every mixture has
   * @param forbidden ids that no mixture has
   * @throws UserException (usage) naming every contradiction
   */
  public static AllowedSubsets of(
      Axes axes,
      int minimum,
      int maximum,
      Collection<String> required,
      Collection<String> forbidden) {
    List<Problem> problems = new ArrayList<>();
    BitSet in = members(axes, required, "search.required", problems);
    BitSet out = members(axes, forbidden, "search.forbidden", problems);
    for (String dataset : new TreeSet<>(required)) {
      if (forbidden.contains(dataset)) {
        problems.add(
            new Problem(
                "Dataset " + dataset + " is required and forbidden",
                "search.required",
                "Name it once"));
      }
    }
    if (maximum < minimum || minimum < 1) {
      problems.add(
          new Problem(
              "No mixture has " + minimum + " to " + maximum + " datasets",
              "search.minimum-size",
              "Give sizes of 1 or more, the lower one first"));
    }
    if (in.cardinality() > maximum) {
      problems.add(
          new Problem(
              in.cardinality() + " datasets are required, and a mixture may have " + maximum,
              "search.required",
              "Raise search.maximum-size or require fewer"));
    }
    if (axes.size() < minimum) {
      problems.add(
          new Problem(
              "No mixture can have " + minimum + " of " + axes.size() + " datasets",
              "search.minimum-size",
              "Set search.minimum-size to " + axes.size() + " or less"));
    } else if (axes.size() - out.cardinality() < minimum) {
      problems.add(
          new Problem(
              "Only "
                  + (axes.size() - out.cardinality())
                  + " datasets are not forbidden, and a mixture has at least "
                  + minimum,
              "search.forbidden",
              "Lower search.minimum-size or forbid fewer"));
    }
    UserException.usageIfAny(problems);
    return new AllowedSubsets(axes, minimum, maximum, in, out);
  }

  private static BitSet members(
      Axes axes, Collection<String> datasets, String key, List<Problem> problems) {
    BitSet members = new BitSet();
    for (String dataset : new TreeSet<>(datasets)) {
      if (axes.datasets().contains(dataset)) {
        members.set(axes.indexOf(dataset));
      } else {
        problems.add(new Problem("There is no dataset " + dataset, key, "Take it out"));
      }
    }
    return members;
  }

  /** The axes of the datasets, forbidden ones too. */
  public Axes axes() {
    return axes;
  }

  /**
   * Whether a mixture's datasets are allowed together, whatever their weights; one with a dataset
   * that has no axis is not.
   */
  public boolean allows(Mixture mixture) {
    if (!axes.datasets().containsAll(mixture.datasets())) {
      return false;
    }
    BitSet members = axes.members(mixture);
    BitSet missing = (BitSet) required.clone();
    missing.andNot(members);
    return missing.isEmpty()
        && members.cardinality() >= minimum
        && members.cardinality() <= maximum
        && members.stream().allMatch(member -> required.get(member) || isFree(member));
  }

  /** Whether a mixture is one of the subsets: allowed, with the weights that a subset has. */
  public boolean isSubset(Mixture mixture) {
    return allows(mixture) && axes.subsets().isSubset(mixture);
  }

  /** How many subsets there are; beyond 2^53 not to the last one. */
  public double count() {
    return IntStream.rangeClosed(minimum, maximum).mapToDouble(this::countOfSize).sum();
  }

  /** What is allowed, in words: {@code 56 subsets of 8 datasets, of size 1 to 3, with es}. */
  public String describe() {
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, count() < 1e15 ? "%.0f" : "%.1e", count()))
        .append(" subsets of ")
        .append(axes.size())
        .append(" datasets");
    if (minimum > 1 || maximum < axes.size()) {
      text.append(", of size ").append(minimum).append(" to ").append(maximum);
    }
    IntFunction<String> id = dataset -> axes.datasets().get(dataset);
    if (!required.isEmpty()) {
      text.append(", with ")
          .append(required.stream().mapToObj(id).collect(Collectors.joining("+")));
    }
    if (free.length + required.cardinality() < axes.size()) {
      text.append(", without ")
          .append(
              IntStream.range(0, axes.size())
                  .filter(dataset -> !required.get(dataset) && !isFree(dataset))
                  .mapToObj(id)
                  .collect(Collectors.joining("+")));
    }
    return text.toString();
  }

  /** The fewest datasets of a mixture. */
  public int minimum() {
    return minimum;
  }

  /** The most datasets of a mixture, no more than there are. */
  public int maximum() {
    return maximum;
  }

  /** One of the smallest mixtures. */
  public Mixture smallest() {
    BitSet members = required();
    Arrays.stream(free).limit(minimum - members.cardinality()).forEach(members::set);
    return axes.subset(members);
  }

  boolean isRequired(int dataset) {
    return required.get(dataset);
  }

  /** Whether a dataset may be in a mixture or not. */
  boolean isFree(int dataset) {
    return Arrays.binarySearch(free, dataset) >= 0;
  }

  int[] free() {
    return free.clone();
  }

  BitSet required() {
    return (BitSet) required.clone();
  }

  /** Every subset, the required ones first, then by the lowest dataset that is added. */
  List<BitSet> list() {
    List<BitSet> subsets = new ArrayList<>();
    extend(required(), 0, subsets);
    return subsets;
  }

  private void extend(BitSet members, int next, List<BitSet> subsets) {
    int size = members.cardinality();
    if (size >= minimum) {
      subsets.add((BitSet) members.clone());
    }
    for (int i = next; i < free.length && size < maximum; i++) {
      members.set(free[i]);
      extend(members, i + 1, subsets);
      members.clear(free[i]);
    }
  }

  /** A subset, each as likely as any other. */
  BitSet random(RandomGenerator generator) {
    double draw = generator.nextDouble() * count();
    int size = minimum;
    while (size < maximum && draw >= countOfSize(size)) {
      draw -= countOfSize(size);
      size++;
    }
    return random(generator, size);
  }

  /** A subset of this size. */
  BitSet random(RandomGenerator generator, int size) {
    BitSet members = required();
    int[] left = free();
    int wanted = size - members.cardinality();
    for (int i = 0; i < wanted; i++) {
      int other = i + generator.nextInt(left.length - i);
      int chosen = left[other];
      left[other] = left[i];
      members.set(chosen);
    }
    return members;
  }

  private double countOfSize(int size) {
    return CombinatoricsUtils.binomialCoefficientDouble(free.length, size - required.cardinality());
  }
}
