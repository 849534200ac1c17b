package org.mergetomix.expert;

import java.util.Arrays;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSpec;

/**
 * Tells whether two tensors hold the same, by comparing samples spread over them. Training changes
 * a tensor everywhere, so a difference shows in the first sample; and a check stays cheap.
 */
final class TensorSamples {

  private static final int SAMPLES = 64;
  private static final int LENGTH = 1024;

  private TensorSamples() {}

  /** Compares two tensors of one checkpoint; tensors of up to 65536 elements wholly. */
  static boolean same(Checkpoint checkpoint, String one, String other) {
    TensorSpec spec = checkpoint.tensors().get(one);
    TensorSpec otherSpec = checkpoint.tensors().get(other);
    if (!spec.shape().equals(otherSpec.shape())
        || !spec.dtype().floating()
        || !otherSpec.dtype().floating()) {
      return false;
    }
    long elements = spec.elements();
    long step = Math.max(LENGTH, (elements + SAMPLES - 1) / SAMPLES);
    for (long offset = 0; offset < elements; offset += step) {
      int length = (int) Math.min(LENGTH, elements - offset);
      float[] left = new float[length];
      float[] right = new float[length];
      checkpoint.read(one, offset, left, length);
      checkpoint.read(other, offset, right, length);
      if (!Arrays.equals(left, right)) {
        return false;
      }
    }
    return true;
  }
}
