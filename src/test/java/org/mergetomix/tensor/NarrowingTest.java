package org.mergetomix.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class NarrowingTest {

  @Test
  void keepsEveryF16() {
    for (int code = 0; code < 1 << 16; code++) {
      float value = widen(DType.F16, code);
      if (!Float.isNaN(value)) {
        assertThat(Narrowing.f16(value)).isEqualTo((short) code);
      }
    }
  }

  @Test
  void keepsEveryBf16() {
    for (int code = 0; code < 1 << 16; code++) {
      float value = widen(DType.BF16, code);
      if (!Float.isNaN(value)) {
        assertThat(Narrowing.bf16(value)).isEqualTo((short) code);
      }
    }
  }

  @Test
  void keepsEveryF8() {
    for (int code = 0; code < 1 << 8; code++) {
      float narrow = widen(DType.F8_E4M3, code);
      if (!Float.isNaN(narrow)) {
        assertThat(Narrowing.f8E4m3(narrow)).isEqualTo((byte) code);
      }
      float wide = widen(DType.F8_E5M2, code);
      if (!Float.isNaN(wide)) {
        assertThat(Narrowing.f8E5m2(wide)).isEqualTo((byte) code);
      }
    }
  }

  @Test
  void roundsTheMiddleBetweenTwoF8ToTheEvenOne() {
    for (int code = 0; code < 0x7e; code++) {
      float middle = (widen(DType.F8_E4M3, code) + widen(DType.F8_E4M3, code + 1)) / 2;
      int even = code % 2 == 0 ? code : code + 1;

      assertThat(Narrowing.f8E4m3(middle)).isEqualTo((byte) even);
      assertThat(Narrowing.f8E4m3(-middle)).isEqualTo((byte) (even | 0x80));
      assertThat(Narrowing.f8E4m3(Math.nextDown(middle))).isEqualTo((byte) code);
      assertThat(Narrowing.f8E4m3(Math.nextUp(middle))).isEqualTo((byte) (code + 1));
    }
    for (int code = 0; code < 0x7b; code++) {
      float middle = (widen(DType.F8_E5M2, code) + widen(DType.F8_E5M2, code + 1)) / 2;
      int even = code % 2 == 0 ? code : code + 1;

      assertThat(Narrowing.f8E5m2(middle)).isEqualTo((byte) even);
      assertThat(Narrowing.f8E5m2(Math.nextDown(middle))).isEqualTo((byte) code);
      assertThat(Narrowing.f8E5m2(Math.nextUp(middle))).isEqualTo((byte) (code + 1));
    }
  }

  @Test
  void roundsTheMiddleBetweenTwoF16ToTheEvenOne() {
    for (int code = 0; code < 0x7bff; code++) {
      float low = widen(DType.F16, code);
      float high = widen(DType.F16, code + 1);
      float middle = (low + high) / 2;
      int even = code % 2 == 0 ? code : code + 1;

      assertThat(Narrowing.f16(middle)).isEqualTo((short) even);
      assertThat(Narrowing.f16(-middle)).isEqualTo((short) (even | 0x8000));
      assertThat(Narrowing.f16(Math.nextDown(middle))).isEqualTo((short) code);
      assertThat(Narrowing.f16(Math.nextUp(middle))).isEqualTo((short) (code + 1));
    }
  }

  @Test
  void roundsTheMiddleBetweenTwoBf16ToTheEvenOne() {
    for (int code = 0; code < 0x7f7f; code++) {
      float middle = Float.intBitsToFloat(code << 16 | 0x8000);
      int even = code % 2 == 0 ? code : code + 1;

      assertThat(Narrowing.bf16(middle)).isEqualTo((short) even);
      assertThat(Narrowing.bf16(-middle)).isEqualTo((short) (even | 0x8000));
      assertThat(Narrowing.bf16(Math.nextDown(middle))).isEqualTo((short) code);
      assertThat(Narrowing.bf16(Math.nextUp(middle))).isEqualTo((short) (code + 1));
    }
  }

  @Test
  void turnsWhatIsTooLargeIntoAnInfinity() {
    assertThat(Narrowing.f16(65519.996f)).isEqualTo((short) 0x7bff);
    assertThat(Narrowing.f16(65520f)).isEqualTo((short) 0x7c00);
    assertThat(Narrowing.f16(-Float.MAX_VALUE)).isEqualTo((short) 0xfc00);
    assertThat(Narrowing.bf16(Float.MAX_VALUE)).isEqualTo((short) 0x7f80);
    assertThat(Narrowing.f8E5m2(61439.996f)).isEqualTo((byte) 0x7b);
    assertThat(Narrowing.f8E5m2(61440f)).isEqualTo((byte) 0x7c);
    assertThat(Narrowing.f8E4m3(464f)).isEqualTo((byte) 0x7e);
    assertThat(Narrowing.f8E4m3(464.00003f)).as("has no infinity").isEqualTo((byte) 0x7f);
  }

  @Property(seed = "11")
  void keepsEveryNaN(@ForAll int bits) {
    float anyNaN = Float.intBitsToFloat(bits | 0x7f800001);

    assertThat(widen(DType.F16, Narrowing.f16(anyNaN))).isNaN();
    assertThat(widen(DType.BF16, Narrowing.bf16(anyNaN))).isNaN();
    assertThat(widen(DType.F8_E4M3, Narrowing.f8E4m3(anyNaN))).isNaN();
    assertThat(widen(DType.F8_E5M2, Narrowing.f8E5m2(anyNaN))).isNaN();
  }

  private static float widen(DType dtype, int code) {
    ByteBuffer stored =
        ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort(0, (short) code);
    float[] widened = new float[1];
    Widening.widen(dtype, stored, widened, 0, 1);
    return widened[0];
  }
}
