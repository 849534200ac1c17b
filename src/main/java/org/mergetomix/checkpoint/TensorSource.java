package org.mergetomix.checkpoint;

/** Something that knows the elements of named tensors. */
@FunctionalInterface
public interface TensorSource {

  /**
   * Copies a range of a tensor's elements, in row-major order, as float32.
   *
   * @param tensor its name
   * @param offset index of the first element, from 0
   * @param destination receives the elements from index 0 on; the rest is left alone
   * @param length number of elements; offset + length is at most the tensor's size
   */
  void read(String tensor, long offset, float[] destination, int length);
}
