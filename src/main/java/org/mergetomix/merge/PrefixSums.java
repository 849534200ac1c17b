package org.mergetomix.merge;

import java.util.List;
import java.util.stream.Stream;
import org.mergetomix.tensor.SegmentedFloats;

/**
 * The running sums of one prefix, for every element of a model, outside the heap. Allocated once
 * and used again for other prefixes; the collector releases it with its merger. Several threads may
 * use it at once, each other elements.
 */
final class PrefixSums {

  private final List<SegmentedFloats> sums;

  PrefixSums(long positions, int sums) {
    this.sums =
        Stream.generate(() -> SegmentedFloats.allocate(positions, SegmentedFloats.SEGMENT))
            .limit(sums)
            .toList();
  }

  /** What the sums of one prefix take outside the heap, in bytes. */
  static long bytes(long positions, int sums) {
    return positions * sums * Float.BYTES;
  }

  /** Copies the sums of a chunk into {@code chunks}. */
  void load(long position, float[][] chunks, int length) {
    for (int sum = 0; sum < chunks.length; sum++) {
      sums.get(sum).read(position, chunks[sum], length);
    }
  }

  /** Copies the sums of a chunk from {@code chunks}. */
  void store(long position, float[][] chunks, int length) {
    for (int sum = 0; sum < chunks.length; sum++) {
      sums.get(sum).write(position, chunks[sum], length);
    }
  }
}
