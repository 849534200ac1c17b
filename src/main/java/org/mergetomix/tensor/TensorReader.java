package org.mergetomix.tensor;

/**
 * The elements of one tensor, found once by those who read it in many small pieces. One thread: it
 * may keep what it will need again.
 */
@FunctionalInterface
public interface TensorReader {

  /**
   * Copies elements, in row-major order, as float32.
   *
   * @param offset index of the first element, from 0
   * @param destination receives the elements from index 0 on; the rest is left alone
   * @param length number of elements; offset + length is at most the tensor's size
   */
  void read(long offset, float[] destination, int length);
}
