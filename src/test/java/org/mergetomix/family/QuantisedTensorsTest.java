package org.mergetomix.family;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;

class QuantisedTensorsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.weight:I8:2 a.SCB:F32:1",
        "a.qweight:I32:2 a.qzeros:I32:2 a.scales:F16:2",
        "a.weight:U8:2 a.weight.absmax:F32:1 a.weight.quant_map:F32:1",
        "a.weight:U8:2 a.weight.quant_state.bitsandbytes__nf4:U8:1",
        "a.weight:F8_E4M3:2 a.weight_scale:F32:1",
        "a.weight:F8_E4M3:2 a.weight_scale_inv:F32:2",
        "a.weight:F8_E5M2:2 a.scale_weight:F32:1",
        "a.gate_up_proj_blocks:U8:4 a.gate_up_proj_scales:U8:3",
        "a.weight_packed:I32:2 a.weight_scale:BF16:2 a.weight_shape:I64:1",
        "weight:I8:2 scale:F32:1"
      })
  void findsCodesBesideScales(String tensors) {
    assertThatThrownBy(() -> QuantisedTensors.refuse(tensors(tensors), "folder"))
        .hasMessageStartingWith("The weights are quantised: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.weight:F8_E4M3:2 a.bias:F32:1",
        "a.weight:F8_E4M3:2 b.scale:F32:1",
        "a.weight:BF16:2 a.scale:BF16:1",
        "embeddings.position_ids:I64:2 logit_scale:F32:0",
        "a.mask:BOOL:4 a.scale:F32:1",
        "a.relative_position_index:I64:2 a.logit_scale:F32:3"
      })
  void leavesEverythingElseAlone(String tensors) {
    assertThatCode(() -> QuantisedTensors.refuse(tensors(tensors), "folder"))
        .doesNotThrowAnyException();
  }

  /** Name, type and number of dimensions of each. */
  private static SortedMap<String, TensorSpec> tensors(String text) {
    SortedMap<String, TensorSpec> tensors = new TreeMap<>();
    Arrays.stream(text.split(" "))
        .map(tensor -> tensor.split(":"))
        .forEach(
            part ->
                tensors.put(
                    part[0],
                    new TensorSpec(
                        part[0],
                        DType.valueOf(part[1]),
                        Collections.nCopies(Integer.parseInt(part[2]), 2L))));
    return tensors;
  }
}
