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
  }

  @Property(seed = "11")
  void keepsEveryNaN(@ForAll int bits) {
    float anyNaN = Float.intBitsToFloat(bits | 0x7f800001);

    assertThat(widen(DType.F16, Narrowing.f16(anyNaN))).isNaN();
    assertThat(widen(DType.BF16, Narrowing.bf16(anyNaN))).isNaN();
  }

  private static float widen(DType dtype, int code) {
    ByteBuffer stored =
        ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort(0, (short) code);
    float[] widened = new float[1];
    Widening.widen(dtype, stored, widened, 0, 1);
    return widened[0];
  }
}
