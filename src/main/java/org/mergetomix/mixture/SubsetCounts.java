package org.mergetomix.mixture;

import java.io.Serializable;
import java.util.BitSet;

/**
 * In how many ways a list of datasets can go on: {@code of(left, size)} counts the subsets of the
 * last {@code left} datasets, the empty one included, that bring a list of {@code size} datasets to
 * a size within the bounds and have those of them that are required. A sum of binomial
 * coefficients, built up as in Pascal's triangle: the next dataset is taken or not.
 */
final class SubsetCounts implements Serializable {

  private static final long serialVersionUID = 1L;

  /** counts[left][size]; a row ends where no list of that size can have so many datasets left. */
  private final long[][] counts;

  private SubsetCounts(long[][] counts) {
    this.counts = counts;
  }

  /**
   * The counts for lists over {@code datasets} datasets.
   *
   * @param required the indices of those that every list has
   * @throws ArithmeticException when one of them does not fit a long; then their total does not
   *     either
   */
  static SubsetCounts of(int datasets, int minimumSize, int maximumSize, BitSet required) {
    long[][] counts = new long[datasets + 1][];
    for (int left = 0; left <= datasets; left++) {
      int longest = Math.min(maximumSize, datasets - left);
      counts[left] = new long[longest + 1];
      for (int size = 0; size <= longest; size++) {
        if (left == 0) {
          counts[left][size] = size >= minimumSize ? 1 : 0;
        } else {
          long taken = size < maximumSize ? counts[left - 1][size + 1] : 0;
          long passedBy = required.get(datasets - left) ? 0 : counts[left - 1][size];
          counts[left][size] = Math.addExact(passedBy, taken);
        }
      }
    }
    return new SubsetCounts(counts);
  }

  long of(int left, int size) {
    return size < counts[left].length ? counts[left][size] : 0;
  }
}
