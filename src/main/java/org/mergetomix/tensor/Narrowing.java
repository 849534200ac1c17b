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
