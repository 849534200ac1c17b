package org.mergetomix.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSpec;

class FamilyModelTest {

  private static final TinyModel TINY = TinyModel.named("llama-tied");
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String WEIGHT = "model.layers.1.mlp.up_proj.weight";

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(Precision.class)
  void readsBackWhatItWasFilledWith(Precision precision) {
    try (FamilyModel model = TINY.open(precision);
        Checkpoint weights = TINY.weights()) {
      assertThat(model.tensors().keySet()).isEqualTo(weights.tensors().keySet());
      assertThat(model.tensors().values()).allMatch(spec -> spec.dtype() == precision.dtype());
      assertThat(all(model, WEIGHT)).isEqualTo(all(weights, WEIGHT));
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void showsWhatIsWrittenInTheNextForwardPass(Precision precision) {
    try (FamilyModel model = TINY.open(precision);
        NDManager scope = model.newScope()) {
      NDArray tokens = TINY.integers("tokens", scope);
      float[] before = model.logits(tokens, scope).toFloatArray();
      float[] weight = all(model, WEIGHT);

      model.write(WEIGHT, 5, new float[] {9, 7}, 2);
      float[] between = model.logits(tokens, scope).toFloatArray();
      model.write(WEIGHT, 5, new float[] {weight[5], weight[6]}, 2);

      assertThat(between).isNotEqualTo(before);
      assertThat(model.logits(tokens, scope).toFloatArray()).isEqualTo(before);
    }
  }

  @Test
  void roundsToTheNearestBfloat16() {
    float between = 1 + 0x1p-9f;
    float above = 1 + 0x1.8p-8f;
    try (FamilyModel model = TINY.open(Precision.BFLOAT16)) {
      model.write("model.norm.weight", 0, new float[] {between, above, -3.1415927f}, 3);

      float[] read = new float[3];
      model.read("model.norm.weight", 0, read, 3);
      assertThat(read).containsExactly(1, 1 + 0x1p-6f / 2, -3.140625f);
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void isTheSameThroughAStage(Precision precision) {
    try (FamilyModel direct = TINY.open(precision);
        FamilyModel staged = TINY.open(precision, ParameterMemory.Access.STAGED);
        NDManager scope = direct.newScope();
        NDManager other = staged.newScope()) {
      assertThat(all(staged, WEIGHT)).isEqualTo(all(direct, WEIGHT));
      assertThat(staged.logits(TINY.integers("tokens", other), other).toFloatArray())
          .isEqualTo(direct.logits(TINY.integers("tokens", scope), scope).toFloatArray());
    }
  }

  @Test
  void givesTheSameBitsEachTime() {
    try (FamilyModel model = TINY.open(Precision.FLOAT32);
        NDManager scope = model.newScope()) {
      NDArray tokens = TINY.integers("tokens", scope);
      float[] first = model.logits(tokens, scope).toFloatArray();

      for (int again = 0; again < 5; again++) {
        assertThat(model.logits(tokens, scope).toFloatArray()).isEqualTo(first);
      }
    }
  }

  @Test
  void countsNegativeTargetsAsNothing() {
    try (FamilyModel model = TINY.open(Precision.FLOAT32);
        NDManager scope = model.newScope()) {
      NDArray tokens = scope.create(new long[] {5, 9, 3}).reshape(1, 3);
      NDArray targets = scope.create(new long[] {9, -100, 7}).reshape(1, 3);

      float[] losses = model.losses(tokens, targets, scope).toFloatArray();

      float[] expected = model.logits(tokens, scope).logSoftmax(2).neg().toFloatArray();
      assertThat(losses[0]).isCloseTo(expected[9], within(1e-6f));
      assertThat(losses[1]).isZero();
      NDArray none = targets.onesLike().neg();
      assertThat(model.losses(tokens, none, scope).toFloatArray()).containsOnly(0);
      assertThat(losses[2]).isCloseTo(expected[2 * 64 + 7], within(1e-6f));
    }
  }

  @Test
  void doesNotChangeUntilFactorsDo() {
    try (FamilyModel model = TINY.open(Precision.FLOAT32);
        NDManager scope = model.newScope()) {
      NDArray tokens = TINY.integers("tokens", scope);
      float[] before = model.logits(tokens, scope).toFloatArray();

      model.attach(List.of(new LowRankFactors("model.layers.0.self_attn.q_proj", 4, 2)));

      assertThat(model.logits(tokens, scope).toFloatArray()).isEqualTo(before);
      assertThat(model.factors().keySet())
          .containsExactly(
              "model.layers.0.self_attn.q_proj.lora_A.weight",
              "model.layers.0.self_attn.q_proj.lora_B.weight");
    }
  }

  @Test
  void refusesFactorsOfLayersThatItDoesNotHave() {
    try (FamilyModel model = TINY.open(Precision.FLOAT32)) {
      List<LowRankFactors> updates =
          List.of(
              new LowRankFactors("model.layers.0.self_attn.c_attn", 4, 2),
              new LowRankFactors("model.embed_tokens", 4, 2),
              new LowRankFactors("model.layers.0.self_attn.q_proj", 4, 2));

      assertThatThrownBy(() -> model.attach(updates))
          .isInstanceOfSatisfying(
              UserException.class, refused -> assertThat(refused.problems()).hasSize(2))
          .hasMessageContaining("llama has no linear layer model.layers.0.self_attn.c_attn");
      assertThat(model.factors()).isEmpty();
    }
  }

  @Test
  void saysWhichTensorsContradictTheConfiguration() {
    try (FamilyModel model = TINY.open(Precision.FLOAT32);
        Checkpoint weights = TINY.weights()) {
      SortedMap<String, TensorSpec> tensors = new TreeMap<>(weights.tensors());
      TensorSpec norm = tensors.remove("model.norm.weight");
      tensors.put("model.layers.7.extra", norm);
      tensors.put(WEIGHT, new TensorSpec(WEIGHT, norm.dtype(), List.of(41L, 32L)));

      assertThat(model.mismatches(tensors, "folder"))
          .extracting(problem -> problem.what())
          .containsExactly(
              "Tensor " + WEIGHT + " has shape [41, 32], but config.json implies [40, 32]",
              "Tensor model.norm.weight is missing, which config.json implies with shape [32]",
              "Tensor model.layers.7.extra has no place in a model of type llama as config.json"
                  + " describes it");
    }
  }

  @Test
  void takesATiedTensorUnderEitherName() {
    try (Checkpoint weights = TINY.weights()) {
      SortedMap<String, TensorSpec> tensors = new TreeMap<>(weights.tensors());
      TensorSpec embedding = tensors.get("model.embed_tokens.weight");
      tensors.put(
          "lm_head.weight", new TensorSpec("lm_head.weight", embedding.dtype(), embedding.shape()));
      assertThat(TINY.family().mismatches(tensors, "both")).isEmpty();

      tensors.remove("model.embed_tokens.weight");
      assertThat(TINY.family().mismatches(tensors, "head")).isEmpty();

      tensors.remove("lm_head.weight");
      assertThat(TINY.family().mismatches(tensors, "none")).hasSize(1);
    }
  }

  @Test
  void saysWhatItCannotProcess() {
    try (FamilyModel model = TinyModel.named("gpt2").open(Precision.FLOAT32);
        NDManager scope = model.newScope()) {
      NDArray outside = scope.create(new long[] {3, 64}).reshape(1, 2);

      assertThatThrownBy(() -> model.logits(outside, scope))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("of type gpt2 cannot process tokens of shape (1, 2): index out of");
    }
  }

  @Test
  void reachesEveryElementOfATensorOverTwoGibibytes() throws IOException {
    try (FamilyModel model = large(ParameterMemory.Access.DIRECT)) {
      assertThat(model.tensors().get(EMBEDDING).bytes()).isGreaterThan(1L << 31);
      long last = model.tensors().get(EMBEDDING).elements() - 1;
      for (long offset : new long[] {0, (1L << 28) - 1, 1L << 29, last - 2}) {
        float[] written = {offset, 2, -3};
        float[] read = new float[3];
        model.write(EMBEDDING, offset, written, 3);
        model.read(EMBEDDING, offset, read, 3);
        assertThat(read).isEqualTo(written);
      }
    }
  }

  @Test
  void stagesATensorOverTwoGibibytesInStretches() throws IOException {
    try (FamilyModel model = large(ParameterMemory.Access.STAGED)) {
      long size = model.tensors().get(EMBEDDING).elements();
      long first = size - size % (1 << 24);
      float[] written = new float[1 << 20];
      for (long offset = first; offset < size; offset += written.length) {
        int length = (int) Math.min(written.length, size - offset);
        written[0] = offset - first + 1;
        model.write(EMBEDDING, offset, written, length);
      }
      float[] read = new float[1];
      model.read(EMBEDDING, 0, read, 1);
      model.read(EMBEDDING, first + written.length, read, 1);
      assertThat(read).containsExactly(written.length + 1);
    }
  }

  /** Its memory is hardly touched, so it costs little. */
  private FamilyModel large(ParameterMemory.Access access) throws IOException {
    Path config =
        Files.writeString(
            directory.resolve("config.json"),
            """
            {"model_type": "llama", "vocab_size": 600000, "hidden_size": 1024,
             "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 8,
             "max_position_embeddings": 8, "tie_word_embeddings": true}
            """);
    return FamilyModel.open(
        FamilyReader.read(config), Precision.FLOAT32, ComputeDevice.CPU, access);
  }

  private static float[] all(FamilyModel model, String tensor) {
    float[] values = new float[(int) model.tensors().get(tensor).elements()];
    model.read(tensor, 0, values, values.length);
    return values;
  }

  private static float[] all(Checkpoint weights, String tensor) {
    float[] values = new float[(int) weights.tensors().get(tensor).elements()];
    weights.read(tensor, 0, values, values.length);
    return values;
  }
}
