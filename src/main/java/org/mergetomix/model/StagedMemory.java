package org.mergetomix.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.SortedMap;

/**
 * Parameters of a device whose memory this process cannot address: elements are gathered in memory
 * of the host, and copied to the device a piece at a time.
 */
final class StagedMemory implements ParameterMemory {

  /** Elements of a piece, which take a quarter of a gigabyte of the host's memory. */
  static final int PIECE = 1 << 26;

  private static final NDIndex WHOLE = new NDIndex("...");

  private final SortedMap<String, NDArray> arrays;
  private final NDManager device;
  private final FloatBuffer staged;

  /** The piece whose elements on the device are staged: its tensor, empty when there is none. */
  private String present = "";

  private long presentFrom;

  /**
   * Gathers for parameters.
   *
   * @param device creates arrays where the parameters are
   * @param piece the most elements that are copied at a time
   */
  StagedMemory(SortedMap<String, NDArray> arrays, NDManager device, int piece) {
    this.arrays = arrays;
    this.device = device;
    long largest = arrays.values().stream().mapToLong(NDArray::size).max().orElse(0);
    this.staged =
        ByteBuffer.allocateDirect((int) Math.min(piece, largest) * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
  }

  @Override
  public void write(String tensor, long offset, float[] source, int length) {
    present = "";
    NDArray parameter = arrays.get(tensor);
    for (int done = 0; done < length; ) {
      int at = (int) ((offset + done) % staged.capacity());
      int count = Math.min(length - done, staged.capacity() - at);
      staged.put(at, source, done, count);
      done += count;
      long end = offset + done;
      if (at + count == staged.capacity() || end == parameter.size()) {
        send(parameter, end - (at + count), end);
      }
    }
  }

  private void send(NDArray parameter, long from, long to) {
    ParameterPieces.take(
        parameter,
        from,
        to,
        piece -> {
          try (NDManager scope = device.newSubManager()) {
            FloatBuffer elements = staged.slice(0, (int) (to - from));
            piece.set(WHOLE, scope.create(elements, new Shape(to - from)));
          }
        });
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    NDArray parameter = arrays.get(tensor);
    for (int done = 0; done < length; ) {
      int at = (int) ((offset + done) % staged.capacity());
      int count = Math.min(length - done, staged.capacity() - at);
      fetch(tensor, parameter, offset + done - at);
      staged.get(at, destination, done, count);
      done += count;
    }
  }

  private void fetch(String tensor, NDArray parameter, long from) {
    if (present.equals(tensor) && presentFrom == from) {
      return;
    }
    long to = Math.min(parameter.size(), from + staged.capacity());
    ParameterPieces.take(
        parameter,
        from,
        to,
        piece -> {
          ByteBuffer copy = piece.toByteBuffer().order(ByteOrder.nativeOrder());
          staged.put(0, copy.asFloatBuffer(), 0, (int) (to - from));
        });
    present = tensor;
    presentFrom = from;
  }
}
