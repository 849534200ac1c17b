package org.mergetomix.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorSpecTest {

  @Test
  void describesItself() {
    TensorSpec spec = new TensorSpec("embedding", DType.F32, List.of(259L, 64L));

    assertThat(spec.describe()).isEqualTo("F32 [259, 64]");
    assertThat(spec.elements()).isEqualTo(259 * 64);
    assertThat(spec.bytes()).isEqualTo(259 * 64 * 4);
  }

  @Test
  void aScalarHasOneElement() {
    TensorSpec scalar = new TensorSpec("scale", DType.F64, List.of());

    assertThat(scalar.elements()).isEqualTo(1);
    assertThat(scalar.bytes()).isEqualTo(8);
    assertThat(scalar.describe()).isEqualTo("F64 []");
  }

  @Test
  void aZeroDimensionLeavesNoElement() {
    assertThat(new TensorSpec("empty", DType.F16, List.of(3L, 0L, 5L)).elements()).isZero();
  }

  @Test
  void countsBeyondTwoGigabytes() {
    TensorSpec large = new TensorSpec("large", DType.BF16, List.of(1L << 20, 1L << 20));

    assertThat(large.elements()).isEqualTo(1L << 40);
    assertThat(large.bytes()).isEqualTo(1L << 41);
  }

  @Test
  void refusesImpossibleShapes() {
    assertThatThrownBy(() -> new TensorSpec("a", DType.F32, List.of(2L, -1L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Impossible shape of a: [2, -1]");
    assertThatThrownBy(() -> new TensorSpec("a", DType.I8, List.of(1L << 32, 1L << 31)))
        .hasMessage("Impossible shape of a: [4294967296, 2147483648]");
  }

  @Test
  void doesNotChangeWithTheListItWasMadeFrom() {
    List<Long> shape = new ArrayList<>(List.of(2L));
    TensorSpec spec = new TensorSpec("a", DType.F32, shape);

    shape.set(0, 3L);

    assertThat(spec.shape()).containsExactly(2L);
  }

  @Test
  void survivesSerialization() throws Exception {
    TensorSpec spec = new TensorSpec("a", DType.BF16, List.of(2L, 3L));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new ObjectOutputStream(bytes).writeObject(spec);

    Object back = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();

    assertThat(back).isEqualTo(spec);
  }

  @ParameterizedTest
  @EnumSource
  void everyTypeIsFoundByItsName(DType dtype) {
    assertThat(DType.parse(dtype.name())).contains(dtype);
  }

  @Test
  void otherNamesAreNotTypes() {
    assertThat(DType.parse("f32")).isEmpty();
    assertThat(DType.parse("U16")).isEmpty();
    assertThat(DType.parse("")).isEmpty();
  }
}
