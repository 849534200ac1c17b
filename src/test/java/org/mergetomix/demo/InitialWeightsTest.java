package org.mergetomix.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;

class InitialWeightsTest {

  private static final SortedMap<String, TensorSpec> TENSORS = tensors();

  @Test
  void drawsMatricesFromANormalDistribution() {
    float[] weights = read("layers.0.up_proj.weight", 1);

    double mean = 0;
    double squares = 0;
    int within = 0;
    for (float weight : weights) {
      mean += weight / weights.length;
      squares += weight * weight / weights.length;
      within += Math.abs(weight) < 0.02 ? 1 : 0;
    }
    assertThat(mean).isEqualTo(0, within(0.0005));
    assertThat(Math.sqrt(squares)).isEqualTo(0.02, within(0.0005));
    assertThat((double) within / weights.length).isEqualTo(0.683, within(0.015));
  }

  @Test
  void setsNormsToOne() {
    assertThat(read("layers.0.input_layernorm.weight", 1)).containsOnly(1);
    assertThat(read("norm.weight", 1)).containsOnly(1);
  }

  @Test
  void dependsOnTheSeedAndTheNameAlone() {
    float[] weights = read("layers.0.up_proj.weight", 1);

    assertThat(read("layers.0.up_proj.weight", 1)).isEqualTo(weights);
    assertThat(read("layers.0.up_proj.weight", 2)).isNotEqualTo(weights);
    assertThat(read("layers.1.up_proj.weight", 1)).isNotEqualTo(weights);

    InitialWeights afterAnother = new InitialWeights(TENSORS, 1);
    afterAnother.read("layers.1.up_proj.weight", 0, new float[100], 100);
    assertThat(read(afterAnother, "layers.0.up_proj.weight")).isEqualTo(weights);
  }

  @Test
  void drawsTensorsIndependently() {
    String[] names = TENSORS.keySet().stream().filter(n -> matrix(n)).toArray(String[]::new);
    for (String name : names) {
      for (String other : names) {
        for (long seed = 1; seed <= 3; seed++) {
          if (!name.equals(other) || seed > 1) {
            assertThat(correlation(read(name, 1), read(other, seed)))
                .as("%s, and %s with seed %d", name, other, seed)
                .isEqualTo(0, within(0.04));
          }
        }
      }
    }
  }

  @Test
  void readsInChunksOfAnySize() {
    float[] whole = read("layers.0.up_proj.weight", 1);
    InitialWeights chunked = new InitialWeights(TENSORS, 1);
    float[] chunk = new float[1000];

    for (int offset = 0; offset < whole.length; offset += chunk.length) {
      int length = Math.min(chunk.length, whole.length - offset);
      chunked.read("layers.0.up_proj.weight", offset, chunk, length);

      assertThat(Arrays.copyOf(chunk, length))
          .isEqualTo(Arrays.copyOfRange(whole, offset, offset + length));
    }
  }

  private static double correlation(float[] a, float[] b) {
    double products = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int i = 0; i < a.length; i++) {
      products += (double) a[i] * b[i];
      squaresA += (double) a[i] * a[i];
      squaresB += (double) b[i] * b[i];
    }
    return products / Math.sqrt(squaresA * squaresB);
  }

  private static float[] read(String name, long seed) {
    return read(new InitialWeights(TENSORS, seed), name);
  }

  private static float[] read(InitialWeights weights, String name) {
    float[] values = new float[(int) TENSORS.get(name).elements()];
    weights.read(name, 0, values, values.length);
    return values;
  }

  private static boolean matrix(String name) {
    return TENSORS.get(name).shape().size() == 2;
  }

  private static SortedMap<String, TensorSpec> tensors() {
    SortedMap<String, TensorSpec> tensors = new TreeMap<>();
    for (String name : List.of("layers.0.input_layernorm.weight", "norm.weight")) {
      tensors.put(name, new TensorSpec(name, DType.F32, List.of(64L)));
    }
    for (String name :
        List.of(
            "layers.0.up_proj.weight",
            "layers.1.up_proj.weight",
            "layers.0.down_proj.weight",
            "layers.1.down_proj.weight",
            "embed_tokens.weight")) {
      tensors.put(name, new TensorSpec(name, DType.F32, List.of(256L, 64L)));
    }
    return tensors;
  }
}
