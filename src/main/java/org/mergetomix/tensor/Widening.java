package org.mergetomix.tensor;

import java.nio.ByteBuffer;

/**
 * From a stored type to float32, or to long. All types but F64 widen exactly. Stateless, so safe
 * for threads.
 */
public final class Widening {

  /** Small enough to stay in the first-level cache between its two uses. */
  private static final int CHUNK = 2048;

  /** Kept, for a new one for each read would push the elements out of the cache. */
  private static final ThreadLocal<short[]> STORED =
      ThreadLocal.withInitial(() -> new short[CHUNK]);

  private static final float[] F16_VALUES = new float[1 << 16];
  private static final float[] F8_E4M3_VALUES = new float[1 << 8];

  static {
    for (int code = 0; code < F16_VALUES.length; code++) {
      F16_VALUES[code] = f16(code);
    }
    for (int code = 0; code < F8_E4M3_VALUES.length; code++) {
      F8_E4M3_VALUES[code] = f8E4m3(code);
    }
  }

  private Widening() {}

  /**
   * Widens elements.
   *
   * @param dtype a floating type
   * @param stored little-endian; its elements are taken from index 0 on, its position is ignored
   * @param destination receives them from {@code at} on
   */
  public static void widen(
      DType dtype, ByteBuffer stored, float[] destination, int at, int length) {
    switch (dtype) {
      case F32 -> stored.asFloatBuffer().get(0, destination, at, length);
      case F64 -> widenF64(stored, destination, at, length);
      case BF16 -> widenBf16(stored, destination, at, length);
      case F16 -> widenF16(stored, destination, at, length);
      case F8_E4M3, F8_E5M2 -> widenF8(dtype, stored, destination, at, length);
      case I64, I32, I16, I8, U8, BOOL ->
          throw new IllegalArgumentException(dtype + " is not floating");
    }
  }

  /**
   * Widens whole numbers; U8 is unsigned, a truth value is the number it is stored as.
   *
   * @param dtype an integer type, or BOOL
   * @param stored little-endian; its elements are taken from index 0 on, its position is ignored
   * @param destination receives them from {@code at} on
   */
  public static void widenIntegers(
      DType dtype, ByteBuffer stored, long[] destination, int at, int length) {
    for (int i = 0; i < length; i++) {
      destination[at + i] =
          switch (dtype) {
            case I64 -> stored.getLong(i * Long.BYTES);
            case I32 -> stored.getInt(i * Integer.BYTES);
            case I16 -> stored.getShort(i * Short.BYTES);
            case I8 -> stored.get(i);
            case U8, BOOL -> stored.get(i) & 0xff;
            case F64, F32, F16, BF16, F8_E4M3, F8_E5M2 ->
                throw new IllegalArgumentException(dtype + " is not a whole number");
          };
    }
  }

  private static void widenF64(ByteBuffer stored, float[] destination, int at, int length) {
    double[] chunk = new double[Math.min(CHUNK, length)];
    for (int done = 0; done < length; done += chunk.length) {
      int count = Math.min(chunk.length, length - done);
      stored.asDoubleBuffer().get(done, chunk, 0, count);
      for (int i = 0; i < count; i++) {
        destination[at + done + i] = (float) chunk[i];
      }
    }
  }

  private static void widenBf16(ByteBuffer stored, float[] destination, int at, int length) {
    short[] chunk = STORED.get();
    for (int done = 0; done < length; done += chunk.length) {
      int count = Math.min(chunk.length, length - done);
      stored.asShortBuffer().get(done, chunk, 0, count);
      for (int i = 0; i < count; i++) {
        destination[at + done + i] = Float.intBitsToFloat(chunk[i] << 16);
      }
    }
  }

  private static void widenF16(ByteBuffer stored, float[] destination, int at, int length) {
    short[] chunk = STORED.get();
    for (int done = 0; done < length; done += chunk.length) {
      int count = Math.min(chunk.length, length - done);
      stored.asShortBuffer().get(done, chunk, 0, count);
      for (int i = 0; i < count; i++) {
        destination[at + done + i] = F16_VALUES[chunk[i] & 0xffff];
      }
    }
  }

  private static void widenF8(
      DType dtype, ByteBuffer stored, float[] destination, int at, int length) {
    byte[] chunk = new byte[Math.min(CHUNK, length)];
    for (int done = 0; done < length; done += chunk.length) {
      int count = Math.min(chunk.length, length - done);
      stored.get(done, chunk, 0, count);
      for (int i = 0; i < count; i++) {
        int code = chunk[i] & 0xff;
        destination[at + done + i] =
            dtype == DType.F8_E4M3 ? F8_E4M3_VALUES[code] : F16_VALUES[code << 8];
      }
    }
  }

  private static float f16(int code) {
    int sign = (code & 0x8000) << 16;
    int magnitude = (code & 0x7fff) << 13;
    boolean infiniteOrNaN = (code & 0x7c00) == 0x7c00;
    return infiniteOrNaN
        ? Float.intBitsToFloat(sign | 0x7f800000 | magnitude)
        : rebias(sign, magnitude, 0x1p112f);
  }

  private static float f8E4m3(int code) {
    int sign = (code & 0x80) << 24;
    return (code & 0x7f) == 0x7f
        ? Float.intBitsToFloat(sign | 0x7fc00000)
        : rebias(sign, (code & 0x7f) << 20, 0x1p120f);
  }

  /**
   * The value of a narrow float whose exponent and fraction were shifted to where float32 has them.
   * Multiplying by the difference of the biases is exact, and makes subnormals normal.
   */
  private static float rebias(int sign, int magnitude, float factor) {
    int bits = Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) * factor);
    return Float.intBitsToFloat(sign | bits);
  }
}
