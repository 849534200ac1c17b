package org.mergetomix.merge;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.checkpoint.TensorSpec;

/**
 * The running sums of one prefix, for every element of a model, outside the heap. Allocated once
 * and used again for other prefixes; the collector releases it with its merger. One thread at a
 * time.
 */
final class PrefixSums {

  /** Elements a buffer holds; a multiple of every chunk, so that no chunk crosses two. */
  private static final int SEGMENT = 1 << 28;

  private final Map<String, List<List<FloatBuffer>>> segments = new TreeMap<>();

  PrefixSums(SortedMap<String, TensorSpec> tensors, int sums) {
    tensors.forEach(
        (name, tensor) -> {
          List<List<FloatBuffer>> ofTensor = new ArrayList<>();
          for (int sum = 0; sum < sums; sum++) {
            ofTensor.add(allocate(tensor.elements()));
          }
          segments.put(name, ofTensor);
        });
  }

  private static List<FloatBuffer> allocate(long elements) {
    List<FloatBuffer> buffers = new ArrayList<>();
    for (long first = 0; first < elements; first += SEGMENT) {
      int length = (int) Math.min(SEGMENT, elements - first);
      buffers.add(
          ByteBuffer.allocateDirect(length * Float.BYTES)
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer());
    }
    return buffers;
  }

  /** Copies the sums of a chunk into {@code sums}. */
  void load(String tensor, long offset, float[][] sums, int length) {
    for (int sum = 0; sum < sums.length; sum++) {
      segments
          .get(tensor)
          .get(sum)
          .get((int) (offset / SEGMENT))
          .get((int) (offset % SEGMENT), sums[sum], 0, length);
    }
  }

  /** Copies the sums of a chunk from {@code sums}. */
  void store(String tensor, long offset, float[][] sums, int length) {
    for (int sum = 0; sum < sums.length; sum++) {
      segments
          .get(tensor)
          .get(sum)
          .get((int) (offset / SEGMENT))
          .put((int) (offset % SEGMENT), sums[sum], 0, length);
    }
  }
}
