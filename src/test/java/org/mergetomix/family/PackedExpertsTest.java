package org.mergetomix.family;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;

class PackedExpertsTest {

  private static final String PACKED = "model.layers.3.mlp.experts.";

  @Test
  void findsAMatrixOfAnExpertInThePackedTensor() {
    SortedMap<String, TensorSpec> packed =
        tensors(PACKED + "gate_up_proj", List.of(2, 6, 4), PACKED + "down_proj", List.of(2, 4, 3));

    assertMade(packed, PACKED + "1.gate_proj.weight", List.of(3L, 4L), "gate_up_proj", 24);
    assertMade(packed, PACKED + "1.up_proj.weight", List.of(3L, 4L), "gate_up_proj", 36);
    assertMade(packed, PACKED + "1.down_proj.weight", List.of(4L, 3L), "down_proj", 12);
    String mixtral = "model.layers.3.block_sparse_moe.experts.0.";
    assertMade(packed, mixtral + "w1.weight", List.of(3L, 4L), "gate_up_proj", 0);
    assertMade(packed, mixtral + "w3.weight", List.of(3L, 4L), "gate_up_proj", 12);
    assertMade(packed, mixtral + "w2.weight", List.of(4L, 3L), "down_proj", 0);
    assertThat(PackedExperts.made(PACKED + "2.up_proj.weight", packed)).isEmpty();
    assertThat(PackedExperts.made("model.layers.4.mlp.experts.0.up_proj.weight", packed)).isEmpty();
    assertThat(PackedExperts.made("model.layers.3.mlp.up_proj.weight", packed)).isEmpty();
  }

  private static void assertMade(
      SortedMap<String, TensorSpec> packed, String name, List<Long> shape, String in, long offset) {
    assertThat(PackedExperts.made(name, packed))
        .as(name)
        .contains(
            new PackedExperts.Made(shape, List.of(new PackedExperts.Run(PACKED + in, offset, 12))));
  }

  @Test
  void packsTheMatricesOfAllExperts() {
    SortedMap<String, TensorSpec> single = new TreeMap<>();
    for (int expert = 0; expert < 2; expert++) {
      String name = "model.layers.3.block_sparse_moe.experts.%s.".formatted(expert);
      single.putAll(
          tensors(
              name + "w1.weight", List.of(3, 4),
              name + "w3.weight", List.of(3, 4),
              name + "w2.weight", List.of(4, 3)));
    }

    PackedExperts.Made gate = PackedExperts.made(PACKED + "gate_up_proj", single).orElseThrow();
    assertThat(gate.shape()).containsExactly(2L, 6L, 4L);
    assertThat(gate.runs())
        .extracting(run -> run.tensor().substring(run.tensor().length() - 11))
        .containsExactly("0.w1.weight", "0.w3.weight", "1.w1.weight", "1.w3.weight");
    assertThat(PackedExperts.made(PACKED + "down_proj", single).orElseThrow().shape())
        .containsExactly(2L, 4L, 3L);

    List<String> pieces = new ArrayList<>();
    gate.each(
        10,
        16,
        (tensor, offset, from, length) ->
            pieces.add(
                tensor.substring(tensor.length() - 11) + " " + List.of(offset, from, length)));
    assertThat(pieces)
        .containsExactly(
            "0.w1.weight [10, 0, 2]", "0.w3.weight [0, 2, 12]", "1.w1.weight [0, 14, 2]");

    single.remove("model.layers.3.block_sparse_moe.experts.1.w3.weight");
    assertThat(PackedExperts.made(PACKED + "gate_up_proj", single)).isEmpty();
  }

  @Test
  void knowsTheRouterUnderItsOtherName() {
    SortedMap<String, TensorSpec> tensors =
        tensors("model.layers.3.block_sparse_moe.gate.weight", List.of(2, 4));

    assertThat(PackedExperts.made("model.layers.3.mlp.gate.weight", tensors)).isPresent();
    assertThat(PackedExperts.made("model.layers.2.mlp.gate.weight", tensors)).isEmpty();
  }

  private static SortedMap<String, TensorSpec> tensors(Object... namesAndShapes) {
    SortedMap<String, TensorSpec> tensors = new TreeMap<>();
    for (int i = 0; i < namesAndShapes.length; i += 2) {
      String name = (String) namesAndShapes[i];
      List<Long> shape = new ArrayList<>();
      for (Object size : (List<?>) namesAndShapes[i + 1]) {
        shape.add(((Integer) size).longValue());
      }
      tensors.put(name, new TensorSpec(name, DType.F32, shape));
    }
    return tensors;
  }
}
