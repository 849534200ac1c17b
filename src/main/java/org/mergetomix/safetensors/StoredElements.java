package org.mergetomix.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import org.mergetomix.tensor.Narrowing;
import org.mergetomix.tensor.Refusal;
import org.mergetomix.tensor.TensorSpec;

/** Writes elements at their places in a file, each rounded once to its type. One thread. */
public final class StoredElements {

  /** The most elements written at a time. */
  static final int CHUNK = 1 << 16;

  private static final String OTHER_TYPE = "Write F32, or BF16 in place of F16";

  private final FileChannel channel;
  private final String name;
  private final String remedy;
  private final ByteBuffer stored =
      ByteBuffer.allocate(CHUNK * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);

  /**
   * Writes to a channel, which stays open.
   *
   * @param name what messages call the file
   */
  public StoredElements(FileChannel channel, String name) {
    this(channel, name, OTHER_TYPE);
  }

  /**
   * The same where nobody chooses the types that are written.
   *
   * @param remedy what to do about an element that is too large for its type
   */
  public StoredElements(FileChannel channel, String name, String remedy) {
    this.channel = channel;
    this.name = name;
    this.remedy = remedy;
  }

  /** Writes what comes before the elements. */
  public void writeHeader(byte[] header) throws IOException {
    writeFully(ByteBuffer.wrap(header), 0);
  }

  /** Writes at most {@link #CHUNK} elements of a tensor of any floating type. */
  public void write(TensorSpec spec, long position, float[] elements, int length)
      throws IOException {
    stored.clear();
    for (int i = 0; i < length; i++) {
      put(spec, elements[i]);
    }
    writeFully(stored.flip(), position);
  }

  /** Writes at most {@link #CHUNK} elements of a tensor of whole numbers or truth values. */
  public void write(TensorSpec spec, long position, long[] elements, int length)
      throws IOException {
    stored.clear();
    for (int i = 0; i < length; i++) {
      switch (spec.dtype()) {
        case I64 -> stored.putLong(elements[i]);
        case I32 -> stored.putInt((int) elements[i]);
        case I16 -> stored.putShort((short) elements[i]);
        case I8, U8, BOOL -> stored.put((byte) elements[i]);
        default -> throw new IllegalArgumentException(spec.name() + " is " + spec.dtype());
      }
    }
    writeFully(stored.flip(), position);
  }

  private void put(TensorSpec spec, float element) {
    switch (spec.dtype()) {
      case F16 -> {
        short narrow = Narrowing.f16(element);
        requireFit((narrow & 0x7c00) == 0x7c00, spec, element);
        stored.putShort(narrow);
      }
      case BF16 -> {
        short narrow = Narrowing.bf16(element);
        requireFit((narrow & 0x7f80) == 0x7f80, spec, element);
        stored.putShort(narrow);
      }
      case F8_E4M3 -> {
        byte narrow = Narrowing.f8E4m3(element);
        requireFit((narrow & 0x7f) == 0x7f, spec, element);
        stored.put(narrow);
      }
      case F8_E5M2 -> {
        byte narrow = Narrowing.f8E5m2(element);
        requireFit((narrow & 0x7c) == 0x7c, spec, element);
        stored.put(narrow);
      }
      case F32 -> stored.putFloat(element);
      case F64 -> stored.putDouble(element);
      default -> throw new IllegalArgumentException(spec.name() + " is " + spec.dtype());
    }
  }

  private void requireFit(boolean infiniteOrNaN, TensorSpec spec, float element) {
    if (infiniteOrNaN && Float.isFinite(element)) {
      throw new Refusal(name)
          .tensor(
              spec.name(),
              "has the element %s, which is too large for %s".formatted(element, spec.dtype()),
              remedy);
    }
  }

  private void writeFully(ByteBuffer bytes, long position) throws IOException {
    long next = position;
    while (bytes.hasRemaining()) {
      next += channel.write(bytes, next);
    }
  }
}
