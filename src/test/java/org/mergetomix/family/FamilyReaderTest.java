package org.mergetomix.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;

class FamilyReaderTest {

  private static final Path FOLDERS =
      Path.of("src", "test", "resources", "org", "mergetomix", "family");

  @TempDir Path directory;

  static List<Path> folders() throws IOException {
    try (Stream<Path> folders = Files.list(FOLDERS)) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("model.safetensors")))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("folders")
  void impliesTheTensorsThatTransformersWrote(Path folder) {
    try (Checkpoint weights = Checkpoints.open(folder.resolve("model.safetensors"))) {
      Family family =
          FamilyReader.read(folder.resolve(FamilyReader.FILE)).named(weights.tensors().keySet());

      assertThat(family.mismatches(weights.tensors(), "weights")).isEmpty();
      assertThat(family.tensors().keySet()).isEqualTo(weights.tensors().keySet());
      assertThat(family.vocabulary()).isEqualTo(64);
      assertThat(family.storedType()).hasValue(DType.BF16);
    }
  }

  @Test
  void knowsTiesTransposedLayersAndBuffers() {
    Family family = FamilyReader.read(FOLDERS.resolve("gpt2").resolve(FamilyReader.FILE));

    assertThat(family.tied())
        .containsExactly(new TiedNames("lm_head.weight", "transformer.wte.weight"));
    assertThat(family.transposed())
        .contains("transformer.h.0.attn.c_attn.weight", "transformer.h.1.mlp.c_proj.weight")
        .isEqualTo(family.linear());
    assertThat(family.isBuffer("transformer.h.0.attn.bias")).isTrue();
    assertThat(family.isBuffer("transformer.h.0.attn.c_attn.bias")).isFalse();
    assertThat(family.positions()).isEqualTo(64);
  }

  @Test
  void takesTheNamesOfAModelThatWasSavedWithoutItsHead() {
    Family family =
        FamilyReader.read(FOLDERS.resolve("gpt2").resolve(FamilyReader.FILE))
            .named(Set.of("wte.weight"));

    assertThat(family.tensors()).containsKey("h.0.attn.c_attn.weight");
    assertThat(family.graphName("h.0.attn.c_attn.weight"))
        .isEqualTo("transformer.h.0.attn.c_attn.weight");
    assertThat(family.graphName("lm_head.weight")).isEqualTo("lm_head.weight");
    assertThat(family.tied()).containsExactly(new TiedNames("lm_head.weight", "wte.weight"));
  }

  @Test
  void readsBothVersionsOfTheKeysAlike() {
    Family older = FamilyReader.read(FOLDERS.resolve("llama-4").resolve(FamilyReader.FILE));
    Family newer = FamilyReader.read(FOLDERS.resolve("llama").resolve(FamilyReader.FILE));

    assertThat(older).isEqualTo(newer);
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        refusal("llama", c -> c.put("model_type", "bert"), "model_type \"bert\" is not known"),
        refusal("llama", c -> c.remove("model_type"), "does not say its model_type"),
        refusal(
            "llama",
            c -> c.put("model_type", "mine").putObject("auto_map"),
            "runs code of its own (auto_map)"),
        refusal("llama", c -> c.put("hidden_act", "xielu"), "activation \"xielu\" is not known"),
        refusal(
            "llama",
            c -> c.withObject("rope_parameters").put("rope_type", "proportional"),
            "rope type \"proportional\" is not known"),
        refusal(
            "llama",
            c -> c.withObject("rope_parameters").remove("low_freq_factor"),
            "key rope_parameters.low_freq_factor"),
        refusal(
            "llama",
            c -> c.putObject("quantization_config").put("quant_method", "gptq"),
            "quantised with \"gptq\""),
        refusal("llama", c -> c.put("num_local_experts", 8), "a mixture of experts"),
        refusal("llama", c -> c.put("num_key_value_heads", 3), "no multiple of"),
        refusal("qwen2", c -> c.put("num_attention_heads", 6), "does not divide"),
        refusal("gpt2", c -> c.put("n_head", 5), "does not divide into n_head = 5"),
        refusal("gpt2", c -> c.put("add_cross_attention", true), "uses add_cross_attention"),
        refusal("gpt2", c -> c.put("n_layer", 0), "n_layer must be a number from 1"),
        refusal("gpt2", c -> c.put("n_layer", 2.5), "n_layer must be a whole number"),
        refusal("gpt2", c -> c.put("vocab_size", 1L << 40), "vocab_size must be a number from 1"),
        refusal("gpt2", c -> c.remove("vocab_size"), "The key vocab_size is missing"),
        refusal("gpt2", c -> c.put("tie_word_embeddings", 1), "must be true or false"),
        refusal("gpt2", c -> c.put("dtype", "float8_e4m3fn"), "type of weights"),
        refusal("gemma", c -> c.put("use_bidirectional_attention", true), "uses use_bidirec"),
        refusal("gemma", c -> c.put("pad_token_id", 64), "outside the vocabulary"),
        refusal(
            "gemma2",
            c -> c.putArray("layer_types").add("chunked_attention").add("full_attention"),
            "layer_types has to name"),
        refusal(
            "gemma2", c -> c.putArray("layer_types").add("full_attention"), "each of the 2 layers"),
        refusal("gemma2", c -> c.putNull("sliding_window"), "no sliding_window says its size"),
        refusal("smollm3", c -> c.putArray("no_rope_layers").add(1), "1 entries for 2 layers"),
        refusal(
            "phi3-long",
            c -> c.withObject("rope_parameters").putArray("long_factor").add(1),
            "list of 4 positive numbers"),
        refusal(
            "llama-linear",
            c -> c.withObject("rope_parameters").put("factor", "2"),
            "factor must be a positive number"),
        refusal("llama", c -> c.put("partial_rotary_factor", 0.5), "rotated in part are not known"),
        refusal(
            "gpt_neox",
            c -> c.withObject("rope_parameters").put("rope_type", "dynamic").put("factor", 2),
            "rope type is not known for GPT-NeoX"));
  }

  private static Arguments refusal(String model, Consumer<ObjectNode> change, String message) {
    return Arguments.of(model, change, message);
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("refusals")
  void refusesByNameWhatItDoesNotKnow(String model, Consumer<ObjectNode> change, String message) {
    Path file = changed(model, change);

    assertThatThrownBy(() -> FamilyReader.read(file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message)
        .hasMessageContaining(file + ", key ");
  }

  @Test
  void tellsEverythingAtOnce() {
    Path file =
        changed(
            "llama",
            config ->
                config.put("hidden_act", "x").put("rms_norm_eps", -1).put("vocab_size", "many"));

    assertThatThrownBy(() -> FamilyReader.read(file))
        .isInstanceOfSatisfying(
            UserException.class, refused -> assertThat(refused.problems()).hasSize(3));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "[]", "null", "{", "{\"model_type\": \"gpt2\", \"model_type\": \"gpt2\"}"})
  void refusesWhatIsDamaged(String content) throws IOException {
    Path file = Files.writeString(directory.resolve("config.json"), content);

    assertThatThrownBy(() -> FamilyReader.read(file)).isInstanceOf(UserException.class);
  }

  @Test
  void neverFailsOtherwiseWhateverOneKeyHolds() throws IOException {
    for (String model : List.of("gemma3", "smollm3", "phi3-long", "gpt2", "gpt_neox-4")) {
      ObjectNode config = read(model);
      for (String key : keys(config)) {
        for (String value :
            List.of("null", "-1", "0", "1e300", "\"\"", "[]", "{}", "true", "[[3]]")) {
          ObjectNode changed = config.deepCopy();
          changed.set(key, new ObjectMapper().readTree(value));
          requireReadOrRefused(() -> FamilyReader.read(written(changed)));
        }
      }
    }
  }

  private static void requireReadOrRefused(ThrowingCallable reading) {
    try {
      reading.call();
    } catch (UserException refused) {
      assertThat(refused.problems()).isNotEmpty();
    } catch (Throwable other) {
      throw new AssertionError(other);
    }
  }

  private static List<String> keys(ObjectNode node) {
    List<String> keys = new ArrayList<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  private Path changed(String model, Consumer<ObjectNode> change) {
    ObjectNode config = read(model);
    change.accept(config);
    return written(config);
  }

  private static ObjectNode read(String model) {
    try {
      Path file = FOLDERS.resolve(model).resolve(FamilyReader.FILE);
      return (ObjectNode) new ObjectMapper().readTree(file.toFile());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private Path written(ObjectNode config) {
    try {
      return Files.writeString(directory.resolve(FamilyReader.FILE), config.toString());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
