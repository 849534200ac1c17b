package org.mergetomix.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.SortedMap;

/**
 * Parameters of a device whose memory this process cannot address: a tensor is gathered in memory
 * of the host, as large as the largest one, and copied to the device at its last element.
 */
final class StagedMemory implements ParameterMemory {

  private static final NDIndex WHOLE = new NDIndex("...");

  private final SortedMap<String, NDArray> arrays;
  private final NDManager device;
  private final FloatBuffer staged;

  /** The tensor whose elements on the device are staged; empty when none is. */
  private String present = "";

  /**
   * @param device creates arrays where the parameters are
   */
  StagedMemory(SortedMap<String, NDArray> arrays, NDManager device) {
    this.arrays = arrays;
    this.device = device;
    long largest = arrays.values().stream().mapToLong(NDArray::size).max().orElse(0);
    this.staged =
        ByteBuffer.allocateDirect(Math.toIntExact(Math.multiplyExact(largest, Float.BYTES)))
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
  }

  @Override
  public void write(String tensor, long offset, float[] source, int length) {
    present = "";
    staged.put(Math.toIntExact(offset), source, 0, length);
    NDArray parameter = arrays.get(tensor);
    if (offset + length == parameter.size()) {
      try (NDManager scope = device.newSubManager()) {
        FloatBuffer elements = staged.slice(0, (int) parameter.size());
        parameter.set(WHOLE, scope.create(elements, parameter.getShape()));
      }
    }
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    if (!present.equals(tensor)) {
      ByteBuffer copy = arrays.get(tensor).toByteBuffer().order(ByteOrder.nativeOrder());
      staged.put(0, copy.asFloatBuffer(), 0, copy.remaining() / Float.BYTES);
      present = tensor;
    }
    staged.get(Math.toIntExact(offset), destination, 0, length);
  }
}
