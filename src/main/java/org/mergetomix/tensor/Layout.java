package org.mergetomix.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * The tensors that are merged, resolved once: no name is looked up for a chunk. Tensors without
 * floating-point numbers and without elements are left out. Immutable.
 */
public final class Layout {

  /**
   * Elements worked on at a time: small enough that a sum, a delta and a parameter stay in the
   * first-level cache between one loop and the next.
   */
  public static final int CHUNK = 2048;

  private static final int WORD = Long.SIZE;

  private final List<TensorPlace> tensors;
  private final long positions;
  private final long chunks;

  private Layout(List<TensorPlace> tensors, long positions, long chunks) {
    this.tensors = List.copyOf(tensors);
    this.positions = positions;
    this.chunks = chunks;
  }

  /** The layout of a base. */
  public static Layout of(SortedMap<String, TensorSpec> base) {
    List<TensorPlace> tensors = new ArrayList<>();
    long start = 0;
    long chunks = 0;
    for (TensorSpec tensor : base.values()) {
      long elements = tensor.elements();
      if (tensor.dtype().floating() && elements > 0) {
        List<Long> shape = tensor.shape();
        long columns = shape.isEmpty() ? 1 : shape.get(shape.size() - 1);
        tensors.add(
            new TensorPlace(tensor.name(), tensors.size(), elements, columns, start, chunks));
        start += (elements + WORD - 1) / WORD * WORD;
        chunks += (elements + CHUNK - 1) / CHUNK;
      }
    }
    return new Layout(tensors, start, chunks);
  }

  /** Every tensor with its place, by name. */
  public List<TensorPlace> tensors() {
    return tensors;
  }

  /** Size of a store that holds every tensor at its place. */
  public long positions() {
    return positions;
  }

  /** How many chunks all tensors have. */
  public long chunks() {
    return chunks;
  }

  /** How many elements all tensors have. */
  public long elements() {
    return tensors.stream().mapToLong(TensorPlace::elements).sum();
  }
}
