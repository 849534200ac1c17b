package org.mergetomix.expert;

import java.util.Arrays;
import java.util.Objects;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.Refusal;
import org.mergetomix.tensor.TensorReader;
import org.mergetomix.tensor.TensorSpec;

/** What an expert did to a tensor that it did not touch. */
final class ZeroDelta {

  private ZeroDelta() {}

  /** Fills in zeros, under the same conditions as any read of a delta of {@code base}. */
  static void read(Checkpoint base, String tensor, long offset, float[] destination, int length) {
    reader(requireFloating(base, tensor)).read(offset, destination, length);
  }

  /** Zeros for a tensor. */
  static TensorReader reader(TensorSpec spec) {
    long elements = spec.elements();
    return (offset, destination, length) -> {
      Objects.checkFromIndexSize(offset, length, elements);
      Arrays.fill(destination, 0, length, 0f);
    };
  }

  /** The tensor of the base, which must be there and hold floating-point numbers. */
  static TensorSpec requireFloating(Checkpoint base, String tensor) {
    TensorSpec spec = base.tensors().get(tensor);
    Refusal refusal = new Refusal(base.name());
    if (spec == null) {
      throw refusal.tensor(tensor, "is not in the base", "Check which base the expert belongs to");
    }
    if (!spec.dtype().floating()) {
      throw refusal.tensor(
          tensor,
          "is %s and holds no floating-point numbers".formatted(spec.describe()),
          "Such a tensor has no delta: take it from the base");
    }
    return spec;
  }
}
