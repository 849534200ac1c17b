package org.mergetomix.safetensors;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.tensor.Refusal;
import org.mergetomix.tensor.TensorRange;

/**
 * The header of a safetensors file, after every check: the tensors fill the data from its first
 * byte to the file's last without holes or overlaps, so every range is within the file.
 *
 * @param ranges where each tensor lies, by name; unmodifiable
 * @param metadata what the file says about itself; unmodifiable
 * @param dataStart position in the file of the first byte of the data
 */
public record SafetensorsHeader(
    SortedMap<String, TensorRange> ranges, Map<String, String> metadata, long dataStart) {

  /** The limit of the reference implementation. */
  public static final long MAX_BYTES = 100_000_000;

  public SafetensorsHeader {
    ranges = Collections.unmodifiableSortedMap(ranges);
    metadata = Collections.unmodifiableMap(metadata);
  }

  /**
   * Reads and judges a header. Memory is allocated for bytes that were read, never for bytes that
   * the file only promises.
   *
   * @param file how the file is named in messages
   * @param fileLength its real length in bytes
   * @param start the file's bytes from the first on; left open
   * @throws org.mergetomix.problem.UserException if the file breaks a rule of the format
   */
  public static SafetensorsHeader read(String file, long fileLength, InputStream start)
      throws IOException {
    Refusal refusal = new Refusal(file);
    byte[] prefix = start.readNBytes(Long.BYTES);
    OtherFormats.refuse(prefix, file);
    if (fileLength < Long.BYTES || prefix.length < Long.BYTES) {
      throw refusal.cutOff(
          "A safetensors file has at least %s bytes, but this has %s"
              .formatted(Long.BYTES, fileLength));
    }
    long length = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 0 || length > MAX_BYTES) {
      throw refusal.malformed(
          "The header claims %s bytes, more than the %s allowed"
              .formatted(Long.toUnsignedString(length), MAX_BYTES));
    }
    if (length > fileLength - Long.BYTES) {
      throw refusal.cutOff(
          "The header claims %s bytes, but the file has %s after its length"
              .formatted(length, fileLength - Long.BYTES));
    }
    byte[] header = start.readNBytes((int) length);
    if (header.length < length) {
      throw refusal.cutOff("The file became shorter while it was read");
    }
    HeaderParser.Content content = HeaderParser.parse(header, refusal);
    long dataStart = Long.BYTES + length;
    requireExactCover(content.tensors(), fileLength - dataStart, refusal);

    SortedMap<String, TensorRange> ranges = new TreeMap<>();
    content.tensors().forEach(range -> ranges.put(range.spec().name(), range));
    return new SafetensorsHeader(ranges, content.metadata(), dataStart);
  }

  private static void requireExactCover(
      Collection<TensorRange> tensors, long dataLength, Refusal refusal) {
    List<TensorRange> inOrder =
        tensors.stream()
            .sorted(
                Comparator.comparingLong(TensorRange::begin).thenComparingLong(TensorRange::end))
            .toList();
    long covered = 0;
    for (TensorRange range : inOrder) {
      String name = range.spec().name();
      if (range.end() > dataLength) {
        throw refusal.cutOff(
            name,
            "ends at byte %s of the data, but the file has only %s bytes of data"
                .formatted(range.end(), dataLength));
      }
      if (range.begin() < covered) {
        throw refusal.malformed(
            name,
            "begins at byte %s of the data, inside another that ends at %s"
                .formatted(range.begin(), covered));
      }
      if (range.begin() > covered) {
        throw refusal.malformed(
            name,
            "begins at byte %s of the data, but the one before it ends at %s"
                .formatted(range.begin(), covered));
      }
      covered = range.end();
    }
    if (covered < dataLength) {
      throw refusal.malformed(
          "The file has %s bytes after its last tensor".formatted(dataLength - covered));
    }
  }
}
