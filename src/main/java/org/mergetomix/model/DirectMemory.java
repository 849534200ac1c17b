package org.mergetomix.model;

import ai.djl.ndarray.NDArray;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Parameters of the CPU, through views of their own memory. */
final class DirectMemory implements ParameterMemory {

  private final Map<String, FloatBuffer> views = new TreeMap<>();

  DirectMemory(SortedMap<String, NDArray> arrays) {
    arrays.forEach(
        (name, array) ->
            views.put(
                name, array.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer()));
  }

  @Override
  public void write(String tensor, long offset, float[] source, int length) {
    views.get(tensor).put(Math.toIntExact(offset), source, 0, length);
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    views.get(tensor).get(Math.toIntExact(offset), destination, 0, length);
  }
}
