package org.mergetomix.merge;

import java.util.Arrays;
import org.mergetomix.tensor.Layout;

/**
 * A sum of many small whole numbers, kept apart for each place in a chunk: the loop over a chunk is
 * then vectorised, which one that adds to a single number is not. One thread.
 */
final class Tally {

  /** As many numbers from -1 to 1 as float32 adds exactly. */
  private static final int EXACT = 1 << 24;

  private final float[] lanes = new float[Layout.CHUNK];
  private int added;
  private long settled;

  /** Adds numbers from -1 to 1. */
  void add(float[] numbers, int length) {
    for (int i = 0; i < length; i++) {
      lanes[i] += numbers[i];
    }
    added++;
    if (added == EXACT) {
      settled = total();
      Arrays.fill(lanes, 0f);
      added = 0;
    }
  }

  long total() {
    long total = settled;
    for (float lane : lanes) {
      total += (long) lane;
    }
    return total;
  }
}
