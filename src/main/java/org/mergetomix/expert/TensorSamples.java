package org.mergetomix.expert;

import java.util.Arrays;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.Narrowing;
import org.mergetomix.tensor.TensorSpec;

/**
 * Tells whether two tensors hold the same, by comparing samples spread over them. Training changes
 * a tensor everywhere, so a difference shows in the first sample; and a check stays cheap.
 */
final class TensorSamples {

  private static final int SAMPLES = 64;
  private static final int LENGTH = 1024;

  private TensorSamples() {}

  /** Compares two tensors of one checkpoint, floating ones; up to 65536 elements wholly. */
  static boolean same(Checkpoint checkpoint, String one, String other) {
    return checkpoint.tensors().get(one).dtype().floating()
        && same(checkpoint, one, checkpoint, other);
  }

  /**
   * Compares tensors of two checkpoints; up to 65536 elements wholly. Of floating ones the second
   * may be the first rounded to its own type.
   */
  static boolean same(Checkpoint checkpoint, String one, Checkpoint others, String other) {
    TensorSpec spec = checkpoint.tensors().get(one);
    TensorSpec otherSpec = others.tensors().get(other);
    if (!spec.shape().equals(otherSpec.shape())
        || spec.dtype().floating() != otherSpec.dtype().floating()) {
      return false;
    }
    long elements = spec.elements();
    long step = Math.max(LENGTH, (elements + SAMPLES - 1) / SAMPLES);
    for (long offset = 0; offset < elements; offset += step) {
      int length = (int) Math.min(LENGTH, elements - offset);
      boolean same =
          spec.dtype().floating()
              ? sameNumbers(
                  floats(checkpoint, one, offset, length),
                  floats(others, other, offset, length),
                  otherSpec.dtype())
              : Arrays.equals(
                  integers(checkpoint, one, offset, length),
                  integers(others, other, offset, length));
      if (!same) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameNumbers(float[] one, float[] other, DType ofOther) {
    for (int i = 0; i < one.length; i++) {
      boolean same =
          Float.compare(one[i], other[i]) == 0
              || switch (ofOther) {
                case BF16 -> Narrowing.bf16(one[i]) == Narrowing.bf16(other[i]);
                case F16 -> Narrowing.f16(one[i]) == Narrowing.f16(other[i]);
                default -> false;
              };
      if (!same) {
        return false;
      }
    }
    return true;
  }

  private static float[] floats(Checkpoint checkpoint, String tensor, long offset, int length) {
    float[] numbers = new float[length];
    checkpoint.read(tensor, offset, numbers, length);
    return numbers;
  }

  private static long[] integers(Checkpoint checkpoint, String tensor, long offset, int length) {
    long[] numbers = new long[length];
    checkpoint.readIntegers(tensor, offset, numbers, length);
    return numbers;
  }
}
