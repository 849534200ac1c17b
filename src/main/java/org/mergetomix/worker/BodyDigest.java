package org.mergetomix.worker;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Locale;

/**
 * What a body is compared by on both sides: cheap, and enough to find one that is torn, old or
 * another. The body is taken as rows of 4,096 bytes, the last filled up with zeros; the digest is
 * the sum over the rows i, from 0, of (2i + 1) times the sum of a row's 512 little-endian words,
 * all modulo 2^64.
 */
final class BodyDigest {

  /** Bytes of a row. */
  static final int ROW = 4096;

  private long row;
  private long sum;

  /** Adds rows: whole ones, but for the last of all. Consumes the buffer. */
  void add(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      int length = Math.min(ROW, bytes.remaining());
      ByteBuffer words = bytes.slice(bytes.position(), length);
      if (length < ROW) {
        words = ByteBuffer.allocate(ROW).put(words).rewind();
      }
      sum += (2 * row + 1) * sum(words.order(ByteOrder.LITTLE_ENDIAN).asLongBuffer());
      row++;
      bytes.position(bytes.position() + length);
    }
  }

  private static long sum(LongBuffer words) {
    long sum = 0;
    for (int i = 0; i < words.capacity(); i++) {
      sum += words.get(i);
    }
    return sum;
  }

  /** The digest as 16 hexadecimal digits. */
  String text() {
    return String.format(Locale.ROOT, "%016x", sum);
  }
}
