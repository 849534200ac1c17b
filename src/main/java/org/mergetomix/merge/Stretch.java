package org.mergetomix.merge;

import java.util.ArrayList;
import java.util.List;
import org.mergetomix.tensor.Layout;
import org.mergetomix.tensor.TensorPlace;

/**
 * Consecutive elements of a tensor that one thread works on: enough to be worth handing over, few
 * enough to stay in a core's cache. How a model is divided depends on nothing but its layout.
 *
 * @param number counts the stretches of all tensors, from 0
 * @param from the first element, the first one of a chunk
 * @param to the element after the last
 */
record Stretch(int number, TensorPlace tensor, long from, long to) {

  /** The most elements of a stretch: whole chunks. */
  static final int LENGTH = 32 * Layout.CHUNK;

  /** All of a model, in order. */
  static List<Stretch> of(Layout layout) {
    List<Stretch> stretches = new ArrayList<>();
    for (TensorPlace tensor : layout.tensors()) {
      for (long from = 0; from < tensor.elements(); from += LENGTH) {
        long to = Math.min(tensor.elements(), from + LENGTH);
        stretches.add(new Stretch(stretches.size(), tensor, from, to));
      }
    }
    return List.copyOf(stretches);
  }

  /** How many elements it has. */
  int length() {
    return (int) (to - from);
  }

  /** Goes over the elements, a chunk at a time, in order. */
  void forEachChunk(TensorPlace.Chunks chunks) {
    for (long offset = from; offset < to; offset += Layout.CHUNK) {
      chunks.take(offset, (int) Math.min(Layout.CHUNK, to - offset));
    }
  }
}
