package org.mergetomix.expert;

import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;

/**
 * An expert that is given as the elements that moved, as sparse fine-tuning leaves it.
 *
 * <p><b>The layout</b> is a safetensors file with the metadata entry {@code merge-to-mix.kind =
 * sparse-delta}. For a tensor {@code T} of the base that changed, it has two tensors of one
 * dimension and the same length:
 *
 * <ul>
 *   <li>{@code T.indices}, I64 or I32: where the elements lie in {@code T} flattened in row-major
 *       order, from 0, strictly ascending;
 *   <li>{@code T.values}, of any floating type: fine-tuned minus base at each of those places.
 * </ul>
 *
 * Everything that is not listed did not change. Opening reads all indices once and refuses any that
 * are out of range or order. A read finds its first element by binary search and costs one step for
 * each element that it meets, in a buffer of fixed size. Safe for use by several threads.
 */
public final class SparseDelta extends CheckpointDelta {

  static final String INDICES = ".indices";
  static final String VALUES = ".values";

  /** Indices read at a time. */
  static final int CHUNK = 4096;

  /** The expert's name, without an ending, for each name of the base. */
  private final SortedMap<String, String> sources;

  private SparseDelta(Checkpoint base, Checkpoint stored, SortedMap<String, String> sources) {
    super(base, stored, List.of());
    this.sources = sources;
  }

  /**
   * Checks a sparse delta against the base. It belongs to the result from here on, and is closed
   * with it or at once if it does not match; the base stays the caller's.
   *
   * @throws UserException with every tensor that breaks the layout or does not fit the base
   */
  public static SparseDelta of(
      Checkpoint base, Checkpoint stored, String expertName, ExpertPolicy policy) {
    return owning(
        stored,
        () ->
            new SparseDelta(
                base, stored, new SparseDeltaCheck(base, stored, policy, expertName).sources()));
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    ZeroDelta.read(base, tensor, offset, destination, length);
    String stem = sources.get(tensor);
    if (stem == null) {
      return;
    }
    String indices = stem + INDICES;
    long count = stored.tensors().get(indices).elements();
    long end = offset + length;
    long[] places = new long[Math.min(CHUNK, Math.max(length, 1))];
    float[] values = new float[places.length];
    long from = firstNotBefore(indices, count, offset);
    while (from < count) {
      int read = (int) Math.min(places.length, count - from);
      stored.readIntegers(indices, from, places, read);
      int within = Arrays.binarySearch(places, 0, read, end);
      int used = within >= 0 ? within : -within - 1;
      stored.read(stem + VALUES, from, values, used);
      for (int i = 0; i < used; i++) {
        destination[(int) (places[i] - offset)] = values[i];
      }
      if (used < read) {
        return;
      }
      from += read;
    }
  }

  private long firstNotBefore(String indices, long count, long offset) {
    long[] one = new long[1];
    long low = 0;
    long high = count;
    while (low < high) {
      long middle = (low + high) >>> 1;
      stored.readIntegers(indices, middle, one, 1);
      if (one[0] < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
