package org.mergetomix.tensor;

/** Where the values of named tensors go: a live model's parameters, or a file being written. */
public interface TensorSink {

  /**
   * Writes {@code length} elements of a tensor.
   *
   * @param tensor its name
   * @param offset the first element written, in row-major order
   * @param source the values, from index 0
   * @param length how many; at most {@code source.length}
   */
  void write(String tensor, long offset, float[] source, int length);
}
