package org.mergetomix.mixture;

import java.io.Serializable;

/**
 * Indices of a mixture space, from {@code start} up to but without {@code end}.
 *
 * @param start the first index, 0 or more
 * @param end the index after the last; equal to {@code start} where the range is empty
 */
public record IndexRange(long start, long end) implements Serializable {

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException for a negative start, or an end before the start
   */
  public IndexRange {
    if (start < 0 || end < start) {
      throw new IllegalArgumentException("Not a range of indices: " + start + " to " + end);
    }
  }

  /** How many indices there are. */
  public long size() {
    return end - start;
  }
}
