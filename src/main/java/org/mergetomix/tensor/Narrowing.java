package org.mergetomix.tensor;

/**
 * From float32 to a narrower type, rounded once to the nearest value, ties to the even one. What is
 * too large becomes an infinity; NaN stays NaN.
 */
public final class Narrowing {

  private static final int INFINITY = 0x7f800000;

  private Narrowing() {}

  /** The bits of the nearest bfloat16, ties to even. */
  public static short bf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      // Set a bit that survives, or a NaN with only low bits would become an infinity.
      return (short) ((bits >>> 16) | 0x40);
    }
    int tieToEven = (bits >>> 16) & 1;
    return (short) ((bits + 0x7fff + tieToEven) >>> 16);
  }

  /** The bits of the nearest float16, ties to even. */
  public static short f16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7fffffff;
    return (short) (sign | f16Magnitude(magnitude));
  }

  /** The bits of the nearest F8_E4M3 ("fn"), ties to even; NaN for what is too large. */
  public static byte f8E4m3(float value) {
    int bits = Float.floatToRawIntBits(value);
    int magnitude = bits & 0x7fffffff;
    // 464 is halfway between the greatest value and where the next would be.
    int narrow =
        magnitude > Float.floatToRawIntBits(464f) ? 0x7f : f8(magnitude, 3, 7, 0x1p-6f, 0x1p14f);
    return (byte) (((bits >>> 24) & 0x80) | narrow);
  }

  /** The bits of the nearest F8_E5M2, ties to even. */
  public static byte f8E5m2(float value) {
    int bits = Float.floatToRawIntBits(value);
    int magnitude = bits & 0x7fffffff;
    int narrow;
    if (magnitude > INFINITY) {
      narrow = 0x7e;
    } else {
      // From halfway between the greatest value and the next on, ties to even.
      narrow =
          magnitude >= Float.floatToRawIntBits(61440f)
              ? 0x7c
              : f8(magnitude, 2, 15, 0x1p-14f, 0x1p7f);
    }
    return (byte) (((bits >>> 24) & 0x80) | narrow);
  }

  /**
   * Rounds to eight bits.
   *
   * @param magnitude the bits of a float32 without its sign, within the type's range
   * @param fraction how many bits of the fraction are kept
   * @param bias of the type's exponent
   * @param normal the least normal value
   * @param rounder floats around it are as far apart as the type's subnormal values, so adding it
   *     rounds to them
   */
  private static int f8(int magnitude, int fraction, int bias, float normal, float rounder) {
    float value = Float.intBitsToFloat(magnitude);
    if (value < normal) {
      return Float.floatToRawIntBits(value + rounder) - Float.floatToRawIntBits(rounder);
    }
    int dropped = 23 - fraction;
    int rebiased = magnitude - ((127 - bias) << 23);
    int tieToEven = (rebiased >>> dropped) & 1;
    return (rebiased + (1 << (dropped - 1)) - 1 + tieToEven) >>> dropped;
  }

  private static int f16Magnitude(int magnitude) {
    if (magnitude > INFINITY) {
      return 0x7e00 | ((magnitude >>> 13) & 0x3ff);
    }
    if (Float.intBitsToFloat(magnitude) >= 65520f) {
      return 0x7c00;
    }
    if (Float.intBitsToFloat(magnitude) >= 0x1p-14f) {
      int rebiased = magnitude - ((127 - 15) << 23);
      int tieToEven = (rebiased >>> 13) & 1;
      return (rebiased + 0xfff + tieToEven) >>> 13;
    }
    // Floats around a half are as far apart as subnormal F16 values, so this addition rounds.
    float rounded = Float.intBitsToFloat(magnitude) + 0.5f;
    return Float.floatToRawIntBits(rounded) - Float.floatToRawIntBits(0.5f);
  }
}
