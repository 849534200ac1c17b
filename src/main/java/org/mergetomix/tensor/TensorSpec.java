package org.mergetomix.tensor;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * What a tensor is, without its elements.
 *
 * @param name unique within its checkpoint
 * @param dtype how an element is stored
 * @param shape size of each dimension, outermost first; empty for a scalar; zeros are allowed
 */
public record TensorSpec(String name, DType dtype, List<Long> shape) implements Serializable {

  /**
   * Checks the shape.
   *
   * @throws IllegalArgumentException for a negative dimension, or when the size overflows a long
   */
  public TensorSpec {
    Objects.requireNonNull(name);
    shape = List.copyOf(shape);
    if (size(dtype, shape).isEmpty()) {
      throw new IllegalArgumentException(
          "Impossible shape of %s: %s".formatted(TensorNames.shown(name), shape));
    }
  }

  /** Number of elements: 1 for a scalar, 0 when a dimension is 0. */
  public long elements() {
    return bytes() / dtype.bytes();
  }

  /** Size of the elements in bytes. */
  public long bytes() {
    return size(dtype, shape).orElseThrow();
  }

  /** Type and shape for a message: {@code F32 [259, 64]}. */
  public String describe() {
    return dtype + " " + shape;
  }

  /**
   * Size in bytes; empty when there is none. The dimensions beside a zero must not overflow either:
   * otherwise it would depend on their order whether the shape is accepted, and strides computed
   * from it would be wrong.
   */
  public static OptionalLong size(DType dtype, List<Long> shape) {
    long bytes = dtype.bytes();
    long empty = 1;
    for (long dimension : shape) {
      if (dimension < 0 || Math.multiplyHigh(bytes, dimension) != 0) {
        return OptionalLong.empty();
      }
      empty = dimension == 0 ? 0 : empty;
      bytes *= Math.max(dimension, 1);
      if (bytes < 0) {
        return OptionalLong.empty();
      }
    }
    return OptionalLong.of(bytes * empty);
  }
}
