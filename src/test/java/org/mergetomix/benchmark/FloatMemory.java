package org.mergetomix.benchmark;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.tensor.TensorSink;
import org.mergetomix.tensor.TensorSpec;

/** A model's parameters in float32, outside the heap, as a live model's are. */
final class FloatMemory implements TensorSink {

  private final Map<String, FloatBuffer> buffers = new TreeMap<>();

  FloatMemory(SortedMap<String, TensorSpec> tensors) {
    tensors.forEach(
        (name, spec) ->
            buffers.put(
                name,
                ByteBuffer.allocateDirect(Math.toIntExact(Float.BYTES * spec.elements()))
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer()));
  }

  @Override
  public void write(String tensor, long offset, float[] source, int length) {
    buffers.get(tensor).put(Math.toIntExact(offset), source, 0, length);
  }

  /** Copies what this has of another, which may be larger. */
  void copyFrom(FloatMemory source) {
    buffers.forEach((name, to) -> to.put(0, source.buffers.get(name), 0, to.capacity()));
  }
}
