package org.mergetomix.safetensors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The bytes of a safetensors file, right or wrong, put together by hand. Immutable. */
public final class RawSafetensors {

  private final byte[] start;
  private final byte[] header;
  private final byte[] data;

  private RawSafetensors(byte[] start, byte[] header, byte[] data) {
    this.start = start;
    this.header = header;
    this.data = data;
  }

  /** A file that says the truth about its header's length. Single quotes stand for double ones. */
  public static RawSafetensors header(String json) {
    return header(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  public static RawSafetensors header(byte[] bytes) {
    return new RawSafetensors(littleEndian(bytes.length), bytes, new byte[0]);
  }

  /** A file that does not even begin like one. */
  public static RawSafetensors raw(byte[] bytes) {
    return new RawSafetensors(bytes, new byte[0], new byte[0]);
  }

  public RawSafetensors claiming(long headerLength) {
    return new RawSafetensors(littleEndian(headerLength), header, data);
  }

  public RawSafetensors data(byte[] bytes) {
    return new RawSafetensors(start, header, bytes);
  }

  public RawSafetensors zeros(int count) {
    return data(new byte[count]);
  }

  public byte[] bytes() {
    return ByteBuffer.allocate(start.length + header.length + data.length)
        .put(start)
        .put(header)
        .put(data)
        .array();
  }

  public Path in(Path directory) {
    return write(directory.resolve("model.safetensors"), bytes());
  }

  public static Path write(Path file, byte[] bytes) {
    try {
      return Files.write(file, bytes);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static byte[] littleEndian(long number) {
    return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array();
  }
}
