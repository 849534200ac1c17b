package org.mergetomix.merge;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * The running sums of one prefix, for every element of a model, outside the heap. Allocated once
 * and used again for other prefixes; the collector releases it with its merger. One thread at a
 * time.
 */
final class PrefixSums {

  /** Elements a buffer holds. */
  private static final int SEGMENT = 1 << 28;

  private final FloatBuffer[][] segments;

  PrefixSums(long positions, int sums) {
    segments = new FloatBuffer[sums][];
    for (int sum = 0; sum < sums; sum++) {
      segments[sum] = allocate(positions);
    }
  }

  private static FloatBuffer[] allocate(long positions) {
    FloatBuffer[] buffers = new FloatBuffer[(int) ((positions + SEGMENT - 1) / SEGMENT)];
    for (int i = 0; i < buffers.length; i++) {
      int length = (int) Math.min(SEGMENT, positions - (long) i * SEGMENT);
      buffers[i] =
          ByteBuffer.allocateDirect(length * Float.BYTES)
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
    }
    return buffers;
  }

  /** What the sums of one prefix take outside the heap, in bytes. */
  static long bytes(long positions, int sums) {
    return positions * sums * Float.BYTES;
  }

  /** Copies the sums of a chunk into {@code sums}. */
  void load(long position, float[][] sums, int length) {
    int segment = (int) (position / SEGMENT);
    int at = (int) (position % SEGMENT);
    int first = Math.min(length, SEGMENT - at);
    for (int sum = 0; sum < segments.length; sum++) {
      segments[sum][segment].get(at, sums[sum], 0, first);
      if (first < length) {
        segments[sum][segment + 1].get(0, sums[sum], first, length - first);
      }
    }
  }

  /** Copies the sums of a chunk from {@code sums}. */
  void store(long position, float[][] sums, int length) {
    int segment = (int) (position / SEGMENT);
    int at = (int) (position % SEGMENT);
    int first = Math.min(length, SEGMENT - at);
    for (int sum = 0; sum < segments.length; sum++) {
      segments[sum][segment].put(at, sums[sum], 0, first);
      if (first < length) {
        segments[sum][segment + 1].put(0, sums[sum], first, length - first);
      }
    }
  }
}
