package org.mergetomix.tensor;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.mergetomix.problem.Problem;

/** The parameters of a model, read a range at a time. Several threads may read at once. */
public interface Checkpoint extends TensorSource, AutoCloseable {

  /** How messages call it: the path that it was opened from. */
  String name();

  /** Every tensor by its name; unmodifiable. */
  SortedMap<String, TensorSpec> tensors();

  /** What the checkpoint says about itself; unmodifiable, often empty. */
  Map<String, String> metadata();

  /**
   * Widens elements to float32, exactly except for F64, which is rounded.
   *
   * @throws org.mergetomix.problem.UserException if there is no such tensor, or it holds no
   *     floating-point numbers
   * @throws IndexOutOfBoundsException if the range is not within the tensor or the destination
   * @throws IllegalStateException after {@link #close}
   */
  @Override
  void read(String tensor, long offset, float[] destination, int length);

  /**
   * Copies elements of a tensor of whole numbers or truth values.
   *
   * @param offset index of the first element, in row-major order
   * @param destination receives the elements from index 0 on
   * @throws org.mergetomix.problem.UserException if there is no such tensor, or it holds
   *     floating-point numbers
   * @throws IndexOutOfBoundsException if the range is not within the tensor or the destination
   * @throws IllegalStateException after {@link #close}
   */
  void readIntegers(String tensor, long offset, long[] destination, int length);

  /** What a user should know although it can be read; unmodifiable, mostly empty. */
  default List<Problem> warnings() {
    return List.of();
  }

  @Override
  void close();
}
