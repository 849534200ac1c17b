package org.mergetomix.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.mergetomix.safetensors.TensorFile.read;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.family.TiedNames;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.SafetensorsFile;
import org.mergetomix.safetensors.SafetensorsWriter;
import org.mergetomix.safetensors.TensorFile;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSource;
import org.mergetomix.tensor.TensorSpec;

/** Adapters as PEFT 0.21.2 writes them; src/test/python/peft_adapters.py made them. */
class PeftAdapterTest {

  private static final Path CASES = Path.of("src/test/resources/org/mergetomix/expert/peft");

  private static final ExpertPolicy TIED =
      ExpertPolicy.STRICT.tied(
          List.of(new TiedNames("lm_head.weight", "model.embed_tokens.weight")));

  @TempDir Path folder;

  static Stream<String> cases() throws IOException {
    try (Stream<Path> found = Files.list(CASES)) {
      return found.map(path -> path.getFileName().toString()).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void makesOfTheBaseWhatPeftMakesOfIt(String name) {
    Path adapter = CASES.resolve(name);
    try (Checkpoint expected = Checkpoints.open(adapter.resolve("expected.safetensors"));
        Checkpoint base = base(name);
        Delta delta = Delta.open(base, adapter, policy(name))) {
      assertThat(delta.warnings()).isEmpty();
      int moved = 0;
      for (TensorSpec tensor : base.tensors().values()) {
        int elements = (int) tensor.elements();
        float[] right = read(expected, tensor.name(), elements);
        float[] start = read(base, tensor.name(), elements);
        float[] found = read(delta, tensor.name(), elements);
        for (int i = 0; i < elements; i++) {
          assertThat(start[i] + found[i])
              .as("%s[%d]", tensor.name(), i)
              .isCloseTo(right[i], within(Math.max(1f, Math.abs(right[i])) * 3e-6f));
          moved += found[i] == 0 ? 0 : 1;
        }
      }
      assertThat(moved).isPositive();
      assertThat(((LoraDelta) delta).mergedAlikeByPeft()).isEqualTo(!name.equals("tied-factors"));
    }
  }

  /** Of each module in turn; what the base or the training left there may be missing. */
  @ParameterizedTest
  @MethodSource("cases")
  void missesEveryModuleThatTheConfigurationNames(String name) throws IOException {
    List<String> modules;
    try (Checkpoint adapter = adapter(name)) {
      modules =
          adapter.tensors().keySet().stream()
              .filter(tensor -> !tensor.contains("base_layer") && !tensor.contains("velora"))
              .filter(tensor -> !tensor.endsWith(".bias"))
              .map(PeftAdapterTest::module)
              .distinct()
              .toList();
    }
    for (String module : modules) {
      Path rest = without(name, tensor -> tensor.startsWith(module + "."));
      try (Checkpoint base = base(name)) {
        assertThatThrownBy(() -> Delta.open(base, rest, policy(name)), module)
            .isInstanceOfSatisfying(
                UserException.class,
                refused ->
                    assertThat(refused.getMessage())
                        .containsAnyOf(
                            "The configuration targets the module, but the adapter has no factors",
                            "lists the module in modules_to_save, but the adapter does not have it",
                            "which is the same tensor in the base",
                            "The adapter has no tensor"));
      }
    }
  }

  @Test
  void leavesMissingModulesAsTheBaseHasThemOnRequest() throws IOException {
    Path rest = without("all-linear", tensor -> tensor.contains("layers.1."));
    ExpertPolicy lenient =
        new ExpertPolicy(
            ExpertKind.AUTO,
            List.of(),
            ExpertPolicy.Missing.BASE,
            ExpertPolicy.Extra.FAIL,
            List.of(),
            List.of());
    try (Checkpoint base = base("all-linear");
        Delta delta = Delta.open(base, rest, lenient)) {
      assertThat(read(delta, "model.layers.1.mlp.up_proj.weight", 96)).containsOnly(0);
      assertThat(read(delta, "model.layers.0.mlp.up_proj.weight", 96)).doesNotContain(0);
    }
  }

  /** Without the list nothing is known but that layers are alike. */
  @ParameterizedTest
  @ValueSource(strings = {"null", "\"all-linear\"", "\"(x)?(?(1)a|b)\""})
  void missesALayerWhoseModulesOtherLayersHave(String targets) throws IOException {
    Path rest = without("all-linear", tensor -> tensor.contains("layers.1.mlp.up_proj"));
    edit(rest, "(?s)\"target_modules\": (\\[.*?\\]|\".*?\")", "\"target_modules\": " + targets);
    try (Checkpoint base = base("all-linear")) {
      assertThatThrownBy(() -> Delta.open(base, rest, ExpertPolicy.STRICT))
          .hasMessageStartingWith(
              "The configuration targets the module, but the adapter has no factors of it (%s"
                      .formatted(rest.resolve("adapter_model.safetensors"))
                  + ", tensor model.layers.1.mlp.up_proj.weight). The file is not whole");
    }
  }

  @Test
  void warnsOfAModuleThatAllLinearMayMeanInAnUnknownFamily() throws IOException {
    Path rest = without("all-linear", tensor -> tensor.contains("up_proj"));
    edit(rest, "(?s)\"target_modules\": \\[.*?\\]", "\"target_modules\": \"all-linear\"");
    try (Checkpoint base = base("all-linear");
        Delta delta = Delta.open(base, rest, ExpertPolicy.STRICT)) {
      assertThat(delta.warnings())
          .singleElement()
          .extracting(Problem::what)
          .isEqualTo(
              "The configuration says all-linear, but the adapter has no factors of"
                  + " model.layers.0.mlp.up_proj.weight");
    }
  }

  @Test
  void takesAnEmbeddingThatNobodyTrainedForWhatItIs() throws IOException {
    Path more = Files.createDirectory(folder.resolve("more"));
    Files.copy(
        CASES.resolve("mica").resolve("adapter_config.json"), more.resolve("adapter_config.json"));
    try (Checkpoint base = base("mica");
        Checkpoint adapter = adapter("mica")) {
      String embedding = "model.embed_tokens.weight";
      String saved = "base_model.model." + embedding;
      SortedMap<String, TensorSpec> tensors = new TreeMap<>(adapter.tensors());
      TensorSpec spec = base.tensors().get(embedding);
      tensors.put(saved, new TensorSpec(saved, spec.dtype(), spec.shape()));
      for (float shift : new float[] {0, 1}) {
        write(
            more,
            tensors,
            (tensor, offset, destination, length) -> {
              boolean copy = tensor.equals(saved);
              (copy ? base : adapter).read(copy ? embedding : tensor, offset, destination, length);
              destination[0] += copy && offset == 0 ? shift : 0;
            });
        if (shift == 0) {
          Delta.open(base, more, ExpertPolicy.STRICT).close();
        } else {
          assertThatThrownBy(() -> Delta.open(base, more, ExpertPolicy.STRICT))
              .hasMessageStartingWith("The tensor is no factor, and its module is not in");
        }
      }
    }
  }

  /** A square tensor does not tell where its inputs are; the other one of the experts does. */
  @Test
  void refusesFactorsOfASquareTensorAlone() throws IOException {
    Path adapter = without("packed-experts", tensor -> tensor.contains("mlp.experts.lora_"));
    edit(adapter, ",\\s*\"mlp.experts.down_proj\"", "");
    Path square =
        new TensorFile()
            .ramp("model.layers.0.mlp.experts.gate_up_proj", List.of(3, 8, 8), 1)
            .ramp("model.layers.0.self_attn.q_proj.weight", List.of(8, 8), 1)
            .write(folder.resolve("square.safetensors"));
    try (Checkpoint base = SafetensorsFile.open(square)) {
      assertThatThrownBy(() -> Delta.open(base, adapter, ExpertPolicy.STRICT))
          .hasMessageStartingWith(
              "The factors [6, 8] and [8, 6] fit none of the packed experts in"
                  + " model.layers.0.mlp.experts (");
    }
  }

  @Test
  void warnsOfBiasesAndFactorsThatDoNotFitTheConfiguration() throws IOException {
    Path noBias =
        without("bias-lora-only", tensor -> tensor.endsWith("0.self_attn.q_proj.base_layer.bias"));
    try (Checkpoint base = base("bias-lora-only");
        Delta delta = Delta.open(base, noBias, ExpertPolicy.STRICT)) {
      assertThat(delta.warnings())
          .singleElement()
          .extracting(Problem::what)
          .asString()
          .startsWith("The configuration says that biases were trained, but the adapter lacks");
    }
    Path more = without("mica", tensor -> false);
    edit(more, "\"q_proj\"", "\"k_proj\"");
    ExpertPolicy lenient =
        new ExpertPolicy(
            ExpertKind.AUTO,
            List.of(),
            ExpertPolicy.Missing.BASE,
            ExpertPolicy.Extra.FAIL,
            List.of(),
            List.of());
    try (Checkpoint base = base("mica");
        Delta delta = Delta.open(base, more, lenient)) {
      assertThat(delta.warnings())
          .singleElement()
          .extracting(Problem::what)
          .asString()
          .startsWith("The adapter has factors of model.layers.0.self_attn.q_proj, which its");
    }
  }

  /** As trainers leave them that write the state dictionary themselves. */
  @ParameterizedTest
  @CsvSource({
    "lora_A,lora_A.default",
    "lora_embedding_A,lora_embedding_A.default",
    "base_model.model.,_orig_mod.base_model.model.",
    "base_model.model.,module.base_model.model.",
    "base_model.model.,base_model.model._orig_mod.",
    "base_model.model.,base_model.model.module.",
    "layers.0.,layers.0._checkpoint_wrapped_module.",
    "layers.,_fsdp_wrapped_module.layers."
  })
  void readsNamesWithAnAdaptersNameOrWithWrappers(String from, String to) throws IOException {
    Path renamed = copied("embedding", name -> name.replace(from, to), name -> true);
    try (Checkpoint base = base("embedding");
        Delta plain = Delta.open(base, CASES.resolve("embedding"), ExpertPolicy.STRICT);
        Delta wrapped = Delta.open(base, renamed, ExpertPolicy.STRICT)) {
      for (String tensor :
          List.of("model.embed_tokens.weight", "model.layers.0.self_attn.q_proj.weight")) {
        assertThat(read(wrapped, tensor, 64)).isEqualTo(read(plain, tensor, 64)).doesNotContain(0);
      }
      assertThat(wrapped.warnings()).hasSize(to.startsWith("lora") ? 0 : 1);
      assertThat(((LoraDelta) wrapped).mergedAlikeByPeft()).isFalse();
    }
  }

  @Test
  void refusesFactorsOfTiedLayersThatDiffer() throws IOException {
    Path other = copied("tied-factors", name -> name, name -> true);
    try (Checkpoint adapter = adapter("tied-factors")) {
      write(
          other,
          new TreeMap<>(adapter.tensors()),
          (tensor, offset, destination, length) -> {
            adapter.read(tensor, offset, destination, length);
            destination[0] += tensor.contains("lm_head.lora_A") ? 1 : 0;
          });
    }
    try (Checkpoint base = base("tied-factors")) {
      assertThatThrownBy(() -> Delta.open(base, other, TIED))
          .hasMessageStartingWith(
              "The adapter changes model.embed_tokens.weight a second time, and otherwise");
    }
  }

  @Test
  void refusesABasesEmbeddingThatIsNotThisBases() throws IOException {
    Path path = folder.resolve("moved.safetensors");
    try (Checkpoint base = base("embedding")) {
      SafetensorsWriter.write(
          path,
          new TreeMap<>(base.tensors()),
          Map.of(),
          (tensor, offset, destination, length) -> {
            base.read(tensor, offset, destination, length);
            destination[0] += tensor.contains("embed_tokens") ? 1 : 0;
          });
    }
    try (Checkpoint moved = SafetensorsFile.open(path)) {
      assertThatThrownBy(() -> Delta.open(moved, CASES.resolve("embedding"), ExpertPolicy.STRICT))
          .hasMessageStartingWith(
              "The adapter brings a tensor of its base along, which differs from"
                  + " model.embed_tokens.weight in this base (");
      // What is only a stand-in shows no contents.
      Delta.open(moved, CASES.resolve("embedding"), ExpertPolicy.STRICT, Contents.HEADERS).close();
    }
  }

  private static Checkpoint base(String name) {
    return SafetensorsFile.open(CASES.resolve(name).resolve("base.safetensors"));
  }

  private static Checkpoint adapter(String name) {
    return SafetensorsFile.open(CASES.resolve(name).resolve("adapter_model.safetensors"));
  }

  private static ExpertPolicy policy(String name) {
    return name.startsWith("tied") ? TIED : ExpertPolicy.STRICT;
  }

  private static String module(String tensor) {
    return tensor.replaceFirst("\\.(lora_.*|[^.]*)$", "");
  }

  private Path without(String name, Predicate<String> left) throws IOException {
    return copied(name, tensor -> tensor, left.negate());
  }

  private Path copied(String name, UnaryOperator<String> names, Predicate<String> kept)
      throws IOException {
    Path copy = Files.createTempDirectory(folder, name);
    Files.copy(
        CASES.resolve(name).resolve("adapter_config.json"), copy.resolve("adapter_config.json"));
    try (Checkpoint adapter = adapter(name)) {
      SortedMap<String, TensorSpec> tensors = new TreeMap<>();
      SortedMap<String, String> before = new TreeMap<>();
      adapter
          .tensors()
          .forEach(
              (tensor, spec) -> {
                if (kept.test(tensor)) {
                  String renamed = names.apply(tensor);
                  before.put(renamed, tensor);
                  tensors.put(renamed, new TensorSpec(renamed, spec.dtype(), spec.shape()));
                }
              });
      write(
          copy,
          tensors,
          (tensor, offset, destination, length) ->
              adapter.read(before.get(tensor), offset, destination, length));
    }
    return copy;
  }

  private static void write(
      Path adapter, SortedMap<String, TensorSpec> tensors, TensorSource source) {
    SafetensorsWriter.write(
        adapter.resolve("adapter_model.safetensors"), tensors, Map.of(), source);
  }

  private static void edit(Path adapter, String pattern, String to) throws IOException {
    Path config = adapter.resolve("adapter_config.json");
    String before = Files.readString(config);
    String after = before.replaceAll(pattern, Matcher.quoteReplacement(to));
    assertThat(after).isNotEqualTo(before);
    Files.writeString(config, after);
  }
}
