package org.mergetomix.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorSpec;

/** Where everything lies in a safetensors file that is to be written. */
public final class FileLayout {

  private static final JsonFactory JSON = new JsonFactory();

  private final List<TensorSpec> order;
  private final byte[] header;
  private final Map<String, Long> begins = new TreeMap<>();
  private final long bytes;

  private FileLayout(List<TensorSpec> order, byte[] header) {
    this.order = order;
    this.header = header;
    long begin = header.length;
    for (TensorSpec spec : order) {
      begins.put(spec.name(), begin);
      begin += spec.bytes();
    }
    bytes = begin;
  }

  /**
   * Lays tensors out: large elements first, so that every tensor starts at a multiple of its
   * element's size, then by name.
   *
   * @throws IllegalArgumentException for a name that cannot be written
   */
  public static FileLayout of(SortedMap<String, TensorSpec> tensors, Map<String, String> metadata) {
    tensors.forEach(FileLayout::requireWritable);
    metadata.forEach(FileLayout::requireWellFormed);
    List<TensorSpec> order =
        tensors.values().stream()
            .sorted(
                Comparator.comparingInt((TensorSpec spec) -> -spec.dtype().bytes())
                    .thenComparing(TensorSpec::name))
            .toList();
    try {
      return new FileLayout(order, header(order, metadata));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** How large the file is. */
  public long bytes() {
    return bytes;
  }

  /** The tensors in the order of the file. */
  public List<TensorSpec> order() {
    return order;
  }

  /** What the file begins with. */
  public byte[] header() {
    return header.clone();
  }

  /** Where an element lies, in bytes from the beginning of the file. */
  public long position(TensorSpec spec, long offset) {
    return begins.get(spec.name()) + offset * spec.dtype().bytes();
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
}
