package org.mergetomix.checkpoint;

import java.util.SortedMap;

/**
 * How far an expert moved from the base, θi − θ0, read a range at a time. Several threads may read
 * at once.
 */
public interface Delta extends TensorSource, AutoCloseable {

  /**
   * The base's tensors by name; unmodifiable. Those that hold no floating-point numbers have no
   * delta and cannot be read: a merged model takes them from the base.
   */
  SortedMap<String, TensorSpec> tensors();

  /**
   * Copies elements of the difference, in float32.
   *
   * @throws org.mergetomix.problem.UserException if there is no such tensor, or it holds no
   *     floating-point numbers
   * @throws IndexOutOfBoundsException if the range is not within the tensor or the destination
   */
  @Override
  void read(String tensor, long offset, float[] destination, int length);

  @Override
  void close();
}
