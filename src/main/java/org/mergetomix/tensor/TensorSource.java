package org.mergetomix.tensor;

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

  /**
   * What {@link #read} gives of one tensor, without looking for it again with every read. A tensor
   * that cannot be read is refused here or when it is read.
   */
  default TensorReader reader(String tensor) {
    return (offset, destination, length) -> read(tensor, offset, destination, length);
  }
}
