package org.mergetomix.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Floats outside the heap, in as many buffers as it takes: the indices of one are ints, and its
 * bytes end at 2 GiB. Several threads may read, or write, each other elements.
 */
public final class SegmentedFloats {

  /** Elements of a segment, which are a gigabyte. */
  public static final int SEGMENT = 1 << 28;

  private final List<FloatBuffer> segments;
  private final int length;

  private SegmentedFloats(List<FloatBuffer> segments, int length) {
    this.segments = List.copyOf(segments);
    this.length = length;
  }

  /**
   * Allocates zeros; the collector releases them with this.
   *
   * @param elements how many
   * @param segment elements of a segment, at most {@link #SEGMENT}
   */
  public static SegmentedFloats allocate(long elements, int segment) {
    List<FloatBuffer> segments = new ArrayList<>();
    for (long start = 0; start < elements; start += segment) {
      int count = (int) Math.min(segment, elements - start);
      segments.add(
          ByteBuffer.allocateDirect(count * Float.BYTES)
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer());
    }
    return new SegmentedFloats(segments, segment);
  }

  /** Copies elements from {@code position} on to the beginning of an array. */
  public void read(long position, float[] destination, int count) {
    for (int done = 0; done < count; ) {
      int at = at(position + done);
      int piece = Math.min(count - done, length - at);
      segment(position + done).get(at, destination, done, piece);
      done += piece;
    }
  }

  /** Copies elements from the beginning of an array to {@code position} and what follows. */
  public void write(long position, float[] source, int count) {
    for (int done = 0; done < count; ) {
      int at = at(position + done);
      int piece = Math.min(count - done, length - at);
      segment(position + done).put(at, source, done, piece);
      done += piece;
    }
  }

  private FloatBuffer segment(long position) {
    return segments.get((int) (position / length));
  }

  private int at(long position) {
    return (int) (position % length);
  }
}
