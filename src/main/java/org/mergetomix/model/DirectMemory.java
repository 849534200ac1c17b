package org.mergetomix.model;

import ai.djl.ndarray.NDArray;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.tensor.SegmentedFloats;

/** Parameters of the CPU, through views of their own memory. */
final class DirectMemory implements ParameterMemory {

  private final Map<String, SegmentedFloats> views = new TreeMap<>();

  /**
   * Views parameters.
   *
   * @param arrays contiguous ones, which live as long as this
   * @param segment the most elements of one view
   */
  DirectMemory(SortedMap<String, NDArray> arrays, int segment) {
    arrays.forEach((name, array) -> views.put(name, view(array, segment)));
  }

  private static SegmentedFloats view(NDArray array, int segment) {
    List<FloatBuffer> memory = new ArrayList<>();
    ParameterPieces.forEach(array, segment, piece -> memory.add(memory(piece)));
    return new SegmentedFloats(memory, segment);
  }

  /**
   * The memory of a contiguous array. DJL silently gives a copy of one that is not, and does not
   * tell which is.
   */
  static FloatBuffer memory(NDArray array) {
    return array.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  @Override
  public void write(String tensor, long offset, float[] source, int length) {
    views.get(tensor).write(offset, source, length);
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    views.get(tensor).read(offset, destination, length);
  }
}
