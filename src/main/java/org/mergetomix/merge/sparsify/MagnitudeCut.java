package org.mergetomix.merge.sparsify;

import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.mergetomix.tensor.TensorPlace;

/**
 * Tells which elements are among the so many of greatest magnitude; of equal magnitudes, those that
 * come first. Found exactly in two passes, by counting the upper and then the lower bits of the
 * magnitudes, so that nothing is sorted and no tensor is held. NaN counts as greater than infinity.
 *
 * <p>{@link #admits} must be asked once for every element, in order. One thread.
 */
public final class MagnitudeCut {

  private static final int LOW_BITS = 15;
  private static final int HIGH = 1 << 16;
  private static final int LOW = 1 << LOW_BITS;

  private final int threshold;
  private final long equals;
  private long equalsLeft;

  private MagnitudeCut(int threshold, long equals) {
    this.threshold = threshold;
    this.equals = equals;
    this.equalsLeft = equals;
  }

  /** Goes over elements, showing the bits of each magnitude; the same way each time. */
  public interface Magnitudes {

    /** Shows every one to the counter. */
    void count(Counter counter);
  }

  /** Counts magnitudes. */
  public interface Counter {

    /** Counts the magnitude of each of the first {@code length} values. */
    void count(float[] values, int length);
  }

  /** The bits of a magnitude; they are ordered as magnitudes are. */
  public static int magnitude(float value) {
    return Float.floatToRawIntBits(value) & Integer.MAX_VALUE;
  }

  /** The magnitudes of some tensors of a delta. */
  public static Magnitudes of(DeltaScan delta, List<TensorPlace> tensors) {
    return counter ->
        delta.forEach(tensors, (tensor, offset, values, length) -> counter.count(values, length));
  }

  /**
   * Cuts after each of the ranks.
   *
   * @param ranks how many elements a cut admits, each from 0 to the number of elements; asked for
   *     when all magnitudes were shown once
   */
  public static MagnitudeCut[] find(Magnitudes magnitudes, LongSupplier... ranks) {
    long[] high = new long[HIGH];
    magnitudes.count(
        (values, length) -> {
          for (int i = 0; i < length; i++) {
            high[magnitude(values[i]) >>> LOW_BITS]++;
          }
        });
    int[] buckets = new int[ranks.length];
    long[] admitted = Arrays.stream(ranks).mapToLong(LongSupplier::getAsLong).toArray();
    long[] left = admitted.clone();
    long[][] low = new long[ranks.length][LOW];
    for (int cut = 0; cut < ranks.length; cut++) {
      buckets[cut] = bucket(high, left, cut);
    }
    magnitudes.count(
        (values, length) -> {
          for (int i = 0; i < length; i++) {
            int magnitude = magnitude(values[i]);
            for (int cut = 0; cut < buckets.length; cut++) {
              if (magnitude >>> LOW_BITS == buckets[cut]) {
                low[cut][magnitude & (LOW - 1)]++;
              }
            }
          }
        });
    MagnitudeCut[] cuts = new MagnitudeCut[ranks.length];
    for (int cut = 0; cut < cuts.length; cut++) {
      int lowest = admitted[cut] == 0 ? 0 : bucket(low[cut], left, cut);
      cuts[cut] =
          admitted[cut] == 0
              ? new MagnitudeCut(Integer.MAX_VALUE, 0)
              : new MagnitudeCut(buckets[cut] << LOW_BITS | lowest, left[cut]);
    }
    return cuts;
  }

  /** The bucket in which the rank falls; what is above it is taken off {@code left}. */
  private static int bucket(long[] counts, long[] left, int cut) {
    int bucket = counts.length - 1;
    while (bucket > 0 && counts[bucket] < left[cut]) {
      left[cut] -= counts[bucket];
      bucket--;
    }
    return bucket;
  }

  /** The same cut, to be asked for every element once more. */
  public MagnitudeCut fromTheStart() {
    return new MagnitudeCut(threshold, equals);
  }

  /** Whether the next element, of this {@link #magnitude}, is among the greatest. */
  public boolean admits(int magnitude) {
    return magnitude > threshold || (magnitude == threshold && equalsLeft-- > 0);
  }
}
