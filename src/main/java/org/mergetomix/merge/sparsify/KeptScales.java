package org.mergetomix.merge.sparsify;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A factor for each element that a mask keeps, outside the heap: four bytes for each of them.
 * Written once, in the order of the elements; then safe for several threads that read.
 */
final class KeptScales {

  private static final int SEGMENT = 1 << 20;

  private final long[] firstOfChunk;
  private final List<FloatBuffer> segments = new ArrayList<>();
  private long count;

  KeptScales(long chunks) {
    this.firstOfChunk = new long[Math.toIntExact(chunks)];
  }

  /** What so many factors take outside the heap, in bytes. */
  static long bytes(long count) {
    return (count + SEGMENT - 1) / SEGMENT * SEGMENT * Float.BYTES;
  }

  /** The same of these, as they were allocated. */
  long bytes() {
    return segments.stream().mapToLong(FloatBuffer::capacity).sum() * Float.BYTES;
  }

  /** What is added from here on belongs to this chunk. */
  void begin(long chunk) {
    firstOfChunk[(int) chunk] = count;
  }

  void add(float scale) {
    int at = (int) (count % SEGMENT);
    if (at == 0) {
      segments.add(
          ByteBuffer.allocateDirect(SEGMENT * Float.BYTES)
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer());
    }
    segments.get(segments.size() - 1).put(at, scale);
    count++;
  }

  /** Copies the factors of the kept elements of a chunk, and what follows up to the array's end. */
  void read(long chunk, float[] scales) {
    long from = firstOfChunk[(int) chunk];
    int total = (int) Math.min(scales.length, count - from);
    for (int done = 0; done < total; ) {
      int at = (int) ((from + done) % SEGMENT);
      int length = Math.min(total - done, SEGMENT - at);
      segments.get((int) ((from + done) / SEGMENT)).get(at, scales, done, length);
      done += length;
    }
  }
}
