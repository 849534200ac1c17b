package org.mergetomix.mixture;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * All subsets of the datasets whose size lies between two bounds, in prefix order: subsets are
 * compared as ascending lists of ids, and a list comes before its extensions ({@code a, a+b, a+b+c,
 * a+c, b, ...}). So neighbours share their first datasets.
 *
 * <p>Sizes and indices are exact. Finding the mixture at an index, and the other way round, takes
 * one step a dataset.
 */
public final class SubsetSpace implements MixtureSpace {

  private static final long serialVersionUID = 1L;

  private final String[] datasets;
  private final int minimumSize;
  private final int maximumSize;
  private final BitSet required;
  private final SubsetWeights weights;
  private final SubsetCounts counts;

  private SubsetSpace(
      String[] datasets, int minimumSize, int maximumSize, BitSet required, SubsetWeights weights) {
    this.weights = weights;
    this.datasets = datasets;
    this.minimumSize = minimumSize;
    this.maximumSize = maximumSize;
    this.required = required;
    this.counts = SubsetCounts.of(datasets.length, minimumSize, maximumSize, required);
  }

  /**
   * The space of subsets of {@code datasets}.
   *
   * @param datasets ids in any order, each once, at least one
   * @param minimumSize the smallest number of datasets in a subset, 1 or more
   * @param maximumSize the largest, at least {@code minimumSize}; anything from the number of
   *     datasets upward means no limit
   * @throws org.mergetomix.problem.UserException (usage) when ids or sizes will not do, or when
   *     there are more subsets than a long can count, which takes more than 62 datasets
   */
  public static SubsetSpace of(Collection<String> datasets, int minimumSize, int maximumSize) {
    return of(datasets, List.of(), minimumSize, maximumSize, SubsetWeights.EQUAL);
  }

  /**
   * The space of those subsets of {@code datasets} that have all {@code required} ones.
   *
   * @param weights which weights datasets have in a subset
   * @throws org.mergetomix.problem.UserException (usage) as above, and when more are required than
   *     there are or than a subset may have
   */
  public static SubsetSpace of(
      Collection<String> datasets,
      Collection<String> required,
      int minimumSize,
      int maximumSize,
      SubsetWeights weights) {
    SubsetSpaceRules.check(datasets, required, minimumSize, maximumSize);
    String[] ascending = datasets.stream().sorted().toArray(String[]::new);
    BitSet always = new BitSet();
    required.forEach(dataset -> always.set(Arrays.binarySearch(ascending, dataset)));
    try {
      return new SubsetSpace(
          ascending,
          Math.max(minimumSize, always.cardinality()),
          Math.min(maximumSize, ascending.length),
          always,
          weights);
    } catch (ArithmeticException overflow) {
      throw SubsetSpaceRules.tooMany(ascending.length);
    }
  }

  @Override
  public long size() {
    return counts.of(datasets.length, 0);
  }

  @Override
  public Mixture at(long index) {
    Objects.checkIndex(index, size());
    String[] subset = new String[maximumSize];
    int size = 0;
    long left = index;
    for (int next = 0; next < datasets.length; next++) {
      long beginningWithNext = counts.of(datasets.length - next - 1, size + 1);
      if (left >= beginningWithNext) {
        left -= beginningWithNext;
        continue;
      }
      subset[size++] = datasets[next];
      if (mayEnd(size, next) && left-- == 0) {
        break;
      }
    }
    String[] ascending = Arrays.copyOf(subset, size);
    return weights.areEqual() ? Mixture.ofAscending(ascending) : weights.subset(List.of(ascending));
  }

  /** The fewest datasets in a subset. */
  public int minimumSize() {
    return minimumSize;
  }

  /** The most datasets in a subset, no more than there are. */
  public int maximumSize() {
    return maximumSize;
  }

  @Override
  public long indexOf(Mixture mixture) {
    if (!weights.isSubset(mixture)
        || mixture.size() < minimumSize
        || mixture.size() > maximumSize) {
      return -1;
    }
    List<String> subset = mixture.datasets();
    long index = 0;
    int size = 0;
    for (int next = 0; size < subset.size(); next++) {
      if (next == datasets.length) {
        return -1;
      }
      if (!datasets[next].equals(subset.get(size))) {
        if (required.get(next)) {
          return -1;
        }
        index += counts.of(datasets.length - next - 1, size + 1);
        continue;
      }
      size++;
      if (size < subset.size()) {
        index += mayEnd(size, next) ? 1 : 0;
      } else if (!mayEnd(size, next)) {
        return -1;
      }
    }
    return index;
  }

  /** Whether a list may end with this dataset as its last: none of the later ones is required. */
  private boolean mayEnd(int size, int last) {
    return size >= minimumSize && required.length() <= last + 1;
  }

  @Override
  public String describe() {
    String all = size() + " subsets of " + datasets.length + " datasets";
    if (minimumSize == 1 && maximumSize == datasets.length) {
      return "all " + all + weights.identity();
    }
    String always =
        required.stream().mapToObj(index -> datasets[index]).collect(Collectors.joining("+"));
    return all
        + ", of size "
        + minimumSize
        + " to "
        + maximumSize
        + (always.isEmpty() ? "" : ", with " + always)
        + weights.identity();
  }

  @Override
  public List<String> datasets() {
    return List.of(datasets);
  }
}
