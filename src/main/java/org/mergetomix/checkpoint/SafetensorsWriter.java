package org.mergetomix.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Writes safetensors files, whole or not at all: to a temporary file beside the target, flushed to
 * the disk and then renamed over it. The same contents always give the same bytes.
 */
public final class SafetensorsWriter {

  /** Elements taken from the source at a time. */
  private static final int CHUNK = 1 << 16;

  private static final JsonFactory JSON = new JsonFactory();

  private SafetensorsWriter() {}

  /**
   * Writes a file, replacing one that is there. Missing parent directories are created, and stay
   * when the writing fails.
   *
   * @param target where to
   * @param tensors what to write, by name; F32, and F16 or BF16, to which elements are rounded
   *     once, to the nearest, ties to even
   * @param metadata what the file shall say about itself; may be empty
   * @param source gives the elements
   * @throws org.mergetomix.problem.UserException if the disk is full or may not be written, or a
   *     finite element is too large for its type
   * @throws IllegalArgumentException for a type or name that cannot be written
   */
  public static void write(
      Path target,
      SortedMap<String, TensorSpec> tensors,
      Map<String, String> metadata,
      TensorSource source) {
    tensors.forEach(SafetensorsWriter::requireWritable);
    metadata.forEach(SafetensorsWriter::requireWellFormed);
    // Large elements first, so that every tensor starts at a multiple of its element's size.
    List<TensorSpec> order =
        tensors.values().stream()
            .sorted(
                Comparator.comparingInt((TensorSpec spec) -> -spec.dtype().bytes())
                    .thenComparing(TensorSpec::name))
            .toList();
    Path file = target.toAbsolutePath();
    Path temporary =
        file.resolveSibling(".%s.%s.tmp".formatted(file.getFileName(), UUID.randomUUID()));
    try {
      // A link to a directory is a directory, but createDirectories would not take it for one.
      if (!Files.isDirectory(file.getParent())) {
        Files.createDirectories(file.getParent());
      }
      try {
        writeTemporary(temporary, target, order, header(order, metadata), source);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        // Gone already when all went well.
        Files.deleteIfExists(temporary);
      }
    } catch (IOException failure) {
      throw FileProblems.writing(target, failure);
    }
  }

  private static void requireWritable(String name, TensorSpec spec) {
    TensorNames.problem(name)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(
                  "The tensor %s %s".formatted(TensorNames.shown(name), problem));
            });
    if (!name.equals(spec.name())) {
      throw new IllegalArgumentException(
          "The tensor %s is listed as %s".formatted(spec.name(), name));
    }
    switch (spec.dtype()) {
      case F32, F16, BF16 -> {}
      default ->
          throw new IllegalArgumentException(
              "The tensor %s is %s, which is never written".formatted(name, spec.dtype()));
    }
  }

  private static void requireWellFormed(String key, String text) {
    if (!TensorNames.wellFormed(key) || !TensorNames.wellFormed(text)) {
      throw new IllegalArgumentException(
          "The metadata entry %s has half of a surrogate pair".formatted(TensorNames.shown(key)));
    }
  }

  /** The length of the JSON, the JSON, and spaces until the data begins at a multiple of 8. */
  private static byte[] header(List<TensorSpec> order, Map<String, String> metadata)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(new byte[Long.BYTES]);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(TensorNames.METADATA);
        for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      long begin = 0;
      for (TensorSpec spec : order) {
        long end = begin + spec.bytes();
        json.writeObjectFieldStart(spec.name());
        json.writeStringField("dtype", spec.dtype().name());
        json.writeFieldName("shape");
        json.writeArray(
            spec.shape().stream().mapToLong(Long::longValue).toArray(), 0, spec.shape().size());
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {begin, end}, 0, 2);
        json.writeEndObject();
        begin = end;
      }
      json.writeEndObject();
    }
    while (bytes.size() % Long.BYTES != 0) {
      bytes.write(' ');
    }
    byte[] header = bytes.toByteArray();
    ByteBuffer.wrap(header)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(0, (long) header.length - Long.BYTES);
    return header;
  }

  private static void writeTemporary(
      Path temporary, Path target, List<TensorSpec> order, byte[] header, TensorSource source)
      throws IOException {
    try (FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      writeFully(channel, ByteBuffer.wrap(header));
      float[] elements = new float[CHUNK];
      ByteBuffer stored = ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (TensorSpec spec : order) {
        long count = spec.elements();
        for (long offset = 0; offset < count; offset += CHUNK) {
          int length = (int) Math.min(CHUNK, count - offset);
          source.read(spec.name(), offset, elements, length);
          stored.clear();
          for (int i = 0; i < length; i++) {
            put(stored, spec, elements[i], target);
          }
          writeFully(channel, stored.flip());
        }
      }
      channel.force(true);
    }
  }

  private static void put(ByteBuffer stored, TensorSpec spec, float element, Path target) {
    switch (spec.dtype()) {
      case F16 -> {
        short narrow = Narrowing.f16(element);
        requireFit((narrow & 0x7c00) == 0x7c00, spec, element, target);
        stored.putShort(narrow);
      }
      case BF16 -> {
        short narrow = Narrowing.bf16(element);
        requireFit((narrow & 0x7f80) == 0x7f80, spec, element, target);
        stored.putShort(narrow);
      }
      default -> stored.putFloat(element);
    }
  }

  private static void requireFit(
      boolean infiniteOrNaN, TensorSpec spec, float element, Path target) {
    if (infiniteOrNaN && Float.isFinite(element)) {
      throw new Refusal(target.toString())
          .tensor(
              spec.name(),
              "has the element %s, which is too large for %s".formatted(element, spec.dtype()),
              "Write F32, or BF16 in place of F16");
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
