package org.mergetomix.merge.sparsify;

import java.util.NavigableSet;
import java.util.Optional;
import org.mergetomix.expert.Delta;
import org.mergetomix.expert.DeltaForm;
import org.mergetomix.tensor.Layout;
import org.mergetomix.tensor.TensorPlace;
import org.mergetomix.tensor.TensorReader;

/**
 * A delta with what its method does to it once: which elements are kept, and by what they are
 * multiplied. The elements themselves are read from the expert as before. Safe for use by several
 * threads, each with its own {@link Scratch}.
 */
public final class PreparedDelta {

  private final Delta delta;
  private final Optional<BitMask> mask;
  private final Optional<KeptScales> keptScales;
  private final float[] scales;

  /**
   * A masked delta.
   *
   * @param scales a factor for each tensor
   * @param keptScales a further factor for each kept element, if there are any
   */
  public PreparedDelta(Delta delta, BitMask mask, float[] scales, Optional<KeptScales> keptScales) {
    this.delta = delta;
    this.mask = Optional.of(mask);
    this.scales = scales;
    this.keptScales = keptScales;
  }

  private PreparedDelta(Delta delta) {
    this.delta = delta;
    this.mask = Optional.empty();
    this.scales = new float[0];
    this.keptScales = Optional.empty();
  }

  /** A delta that is taken as it is. */
  public static PreparedDelta dense(Delta delta) {
    return new PreparedDelta(delta);
  }

  /** Room to read the mask of a chunk; one thread. */
  public static final class Scratch {
    private final long[] words = new long[Layout.CHUNK / Long.SIZE];
    private final float[] scales = new float[Layout.CHUNK];
  }

  /** The elements as they are in the expert, nothing dropped. */
  public TensorReader reader(TensorPlace tensor) {
    return delta.reader(tensor.name());
  }

  /** The rows of a tensor that the expert has no say in. */
  public NavigableSet<Long> absentRows(String tensor) {
    return delta.absentRows(tensor);
  }

  /** How the expert's difference is made, before anything is dropped. */
  public DeltaForm form(TensorPlace tensor) {
    return delta.form(tensor.name());
  }

  /** Drops and multiplies elements that were just read. {@code offset} is that of a chunk. */
  public void sparsify(
      TensorPlace tensor, long offset, float[] values, Scratch scratch, int length) {
    if (mask.isEmpty()) {
      return;
    }
    mask.get().read(tensor.start() + offset, scratch.words, length);
    if (keptScales.isPresent()) {
      keptScales.get().read(tensor.chunk(offset), scratch.scales);
      multiplyKept(values, scratch.words, scratch.scales, length);
    } else {
      multiply(values, scratch.words, scales[tensor.index()], length);
    }
  }

  /** Without a branch, which could not be predicted. */
  private static void multiply(float[] values, long[] words, float scale, int length) {
    for (int i = 0; i < length; ) {
      long word = words[i / Long.SIZE];
      int end = Math.min(length, i + Long.SIZE);
      for (; i < end; i++) {
        int keep = -(int) (word & 1);
        values[i] = Float.intBitsToFloat(Float.floatToRawIntBits(values[i] * scale) & keep);
        word >>>= 1;
      }
    }
  }

  private static void multiplyKept(float[] values, long[] words, float[] scales, int length) {
    int next = 0;
    for (int i = 0; i < length; i++) {
      boolean kept = (words[i / Long.SIZE] >>> i & 1) != 0;
      values[i] = kept ? values[i] * scales[next++] : 0f;
    }
  }
}
