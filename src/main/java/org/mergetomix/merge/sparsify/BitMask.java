package org.mergetomix.merge.sparsify;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * Which elements of a delta are kept: one bit an element, outside the heap. Written once, by one
 * thread; then safe for several that read.
 */
final class BitMask {

  /** Words a buffer holds: a gigabyte. */
  private static final int SEGMENT = 1 << 27;

  private final LongBuffer[] segments;

  BitMask(long positions) {
    long words = positions / Long.SIZE;
    segments = new LongBuffer[(int) ((words + SEGMENT - 1) / SEGMENT)];
    for (int i = 0; i < segments.length; i++) {
      int length = (int) Math.min(SEGMENT, words - (long) i * SEGMENT);
      segments[i] =
          ByteBuffer.allocateDirect(length * Long.BYTES)
              .order(ByteOrder.nativeOrder())
              .asLongBuffer();
    }
  }

  /** What a mask takes outside the heap, in bytes. */
  static long bytes(long positions) {
    return positions / Byte.SIZE;
  }

  /** The same of this one, as it was allocated. */
  long bytes() {
    return Arrays.stream(segments).mapToLong(LongBuffer::capacity).sum() * Long.BYTES;
  }

  /** Sets a whole word; {@code position} is a multiple of 64. */
  void put(long position, long word) {
    long index = position / Long.SIZE;
    segments[(int) (index / SEGMENT)].put((int) (index % SEGMENT), word);
  }

  /** Copies the words of {@code length} elements; {@code position} is a multiple of 64. */
  void read(long position, long[] words, int length) {
    int count = (length + Long.SIZE - 1) / Long.SIZE;
    long index = position / Long.SIZE;
    int segment = (int) (index / SEGMENT);
    int at = (int) (index % SEGMENT);
    int first = Math.min(count, SEGMENT - at);
    segments[segment].get(at, words, 0, first);
    if (first < count) {
      segments[segment + 1].get(0, words, first, count - first);
    }
  }
}
