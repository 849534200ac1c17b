package org.mergetomix.checkpoint;

import java.util.Map;
import java.util.SortedMap;

/** The parameters of a model, read a range at a time. Several threads may read at once. */
public interface Checkpoint extends TensorSource, AutoCloseable {

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

  @Override
  void close();
}
