package org.mergetomix.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class WideningTest {

  @Test
  void widensEveryF16() {
    assertAllMatch(DType.F16, 5, 10, true);
  }

  @Test
  void widensEveryBf16() {
    assertAllMatch(DType.BF16, 8, 7, true);
  }

  @Test
  void widensEveryF8E5m2() {
    assertAllMatch(DType.F8_E5M2, 5, 2, true);
  }

  @Test
  void widensEveryF8E4m3() {
    assertAllMatch(DType.F8_E4M3, 4, 3, false);
  }

  @Test
  void knowsTheLandmarksOfEachType() {
    assertThat(one(DType.F16, 0x3c00)).isEqualTo(1f);
    assertThat(one(DType.F16, 0x7bff)).isEqualTo(65504f);
    assertThat(one(DType.F16, 0x0001)).isEqualTo(0x1p-24f);
    assertThat(one(DType.BF16, 0x3f80)).isEqualTo(1f);
    assertThat(one(DType.BF16, 0x0001)).isEqualTo(0x1p-133f);
    assertThat(one(DType.F8_E4M3, 0x7e)).isEqualTo(448f);
    assertThat(one(DType.F8_E4M3, 0x01)).isEqualTo(0x1p-9f);
    assertThat(one(DType.F8_E4M3, 0xff)).isNaN();
    assertThat(one(DType.F8_E5M2, 0x7b)).isEqualTo(57344f);
    assertThat(one(DType.F8_E5M2, 0x7c)).isEqualTo(Float.POSITIVE_INFINITY);
  }

  @Test
  void roundsF64ToTheNearestFloat() {
    ByteBuffer stored = littleEndian(5 * Double.BYTES);
    stored.putDouble(0, 0.1);
    stored.putDouble(8, 1e300);
    stored.putDouble(16, -0.0);
    stored.putDouble(24, Double.NaN);
    stored.putDouble(32, 1 + 0x1p-24);
    float[] widened = new float[5];

    Widening.widen(DType.F64, stored, widened, 0, 5);

    assertThat(widened).containsExactly(0.1f, Float.POSITIVE_INFINITY, -0f, Float.NaN, 1f);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_ANY, names = "B?F.*")
  void fillsOnlyTheAskedPartOfTheDestination(DType dtype) {
    int length = 5000;
    float[] widened = new float[length + 4];
    Arrays.fill(widened, 7f);

    Widening.widen(dtype, littleEndian(length * dtype.bytes()), widened, 3, length);

    float[] expected = new float[length + 4];
    Arrays.fill(expected, 0, 3, 7f);
    expected[length + 3] = 7f;
    assertThat(Arrays.equals(widened, expected)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"I64", "I32", "I16", "I8", "U8", "BOOL"})
  void refusesTypesThatAreNotFloating(DType dtype) {
    assertThatThrownBy(() -> Widening.widen(dtype, littleEndian(8), new float[1], 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(dtype + " is not floating");
  }

  private static void assertAllMatch(
      DType dtype, int exponentBits, int fractionBits, boolean hasInfinities) {
    int codes = 1 << (8 * dtype.bytes());
    ByteBuffer stored = littleEndian(codes * dtype.bytes());
    for (int code = 0; code < codes; code++) {
      if (dtype.bytes() == 1) {
        stored.put(code, (byte) code);
      } else {
        stored.putShort(2 * code, (short) code);
      }
    }
    float[] widened = new float[codes];
    Widening.widen(dtype, stored, widened, 0, codes);

    for (int code = 0; code < codes; code++) {
      float expected = byDefinition(code, exponentBits, fractionBits, hasInfinities);
      // Not with ==, which would take -0 for 0.
      assertThat(Float.floatToIntBits(widened[code]))
          .as("%s %x: %s, expected %s", dtype, code, widened[code], expected)
          .isEqualTo(Float.floatToIntBits(expected));
    }
  }

  /** The textbook value of a float, by arithmetic in double, which holds all of them exactly. */
  private static float byDefinition(
      int code, int exponentBits, int fractionBits, boolean hasInfinities) {
    int bias = (1 << (exponentBits - 1)) - 1;
    double sign = (code >> (exponentBits + fractionBits)) == 0 ? 1 : -1;
    int exponent = (code >> fractionBits) % (1 << exponentBits);
    int fraction = code % (1 << fractionBits);
    double part = fraction / Math.pow(2, fractionBits);
    boolean highestExponent = exponent == (1 << exponentBits) - 1;
    if (hasInfinities && highestExponent) {
      return (float) (fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN);
    }
    if (highestExponent && fraction == (1 << fractionBits) - 1) {
      return Float.NaN;
    }
    return (float)
        (exponent == 0
            ? sign * part * Math.pow(2, 1 - bias)
            : sign * (1 + part) * Math.pow(2, exponent - bias));
  }

  private static float one(DType dtype, int code) {
    ByteBuffer stored = littleEndian(2).putShort(0, (short) code);
    float[] widened = new float[1];
    Widening.widen(dtype, stored, widened, 0, 1);
    return widened[0];
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
