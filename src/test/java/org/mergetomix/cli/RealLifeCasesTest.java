package org.mergetomix.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.safetensors.TensorFile;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

/**
 * The table of inputs that once went wrong, each with what becomes of it now, by the commands
 * themselves. Each kind has its name, and stands here in more than one form.
 */
@ExtendWith(SparkSessionExtension.class)
class RealLifeCasesTest {

  private static final Path RESOURCES = Path.of("src/test/resources/org/mergetomix");
  private static final Path PEFT = RESOURCES.resolve("expert/peft").toAbsolutePath();
  private static final Path GRAPHS = RESOURCES.resolve("model").toAbsolutePath();
  private static final Path GPT2 = RESOURCES.resolve("family/gpt2-bare/config.json");

  private static final String MODEL = "model.safetensors";
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String QUERY = "model.layers.0.self_attn.q_proj.weight";
  private static final String TIED = "tied = [[lm_head.weight, %s]]".formatted(EMBEDDING);
  private static final String HALF_TIED = "which is the same tensor in the base";

  @TempDir private Path folder;

  @FunctionalInterface
  private interface Inputs {
    void write(Path folder) throws IOException;
  }

  @FunctionalInterface
  private interface Outcome {
    void check(Path exported) throws IOException;
  }

  /**
   * A row of the table.
   *
   * @param kind what kind of fault it is
   * @param form which form of it
   * @param command what is run: export, check or search, with options
   * @param exit how that ends
   * @param said a part of what it says
   * @param outcome what an export is
   */
  private record Case(
      String kind,
      String form,
      Inputs inputs,
      String command,
      int exit,
      String said,
      Outcome outcome) {

    Case(String kind, String form, Inputs inputs, String command, int exit, String said) {
      this(kind, form, inputs, command, exit, said, exported -> {});
    }

    @Override
    public String toString() {
      return "%s: %s (%s)".formatted(kind, form, command);
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (String command : List.of("export", "check", "search")) {
      cases.add(new Case("tied-lora", "factors of the head", tiedHead(), command, 3, HALF_TIED));
    }
    cases.add(new Case("tied-lora", "a saved head", tiedSavedHead(), "export", 3, HALF_TIED));
    cases.add(
        new Case("tied-lora", "a full expert's head", untiedExpert(), "export", 3, "differs from"));
    cases.add(conv1d("with config.json", true));
    cases.add(conv1d("known by its shapes", false));
    for (String left : List.of("model.layers.1.", "v_proj", "norm")) {
      cases.add(
          new Case("factors-missing", left, lacking(left), "export", 3, "The configuration "));
    }
    for (String adapter :
        List.of(
            "mica",
            "velora",
            "monteclora",
            "lora-bias",
            "bias-all",
            "bias-lora-only",
            "embedding",
            "tied-factors",
            "tied-saved",
            "saved-by-ending",
            "saved-container",
            "packed-experts",
            "experts-in-files")) {
      cases.add(peft(adapter));
    }
    for (String method : List.of("dare-linear", "della", "ties")) {
      String command = "export a+b --set merge.method=" + method;
      cases.add(
          new Case("tied-masks", method, tiedTwice(), command, 0, "", RealLifeCasesTest::tied));
    }
    cases.add(new Case("companions", "", companions(), "export", 0, "", exported -> has(exported)));
    cases.add(
        new Case("bpe-as-bytes", "", tokenizer(), "check", 2, "a tokenizer lies beside the base"));
    cases.add(new Case("export-bool", "", booleans(), "export", 0, ""));
    cases.add(
        new Case("export-int8", "scales", quantised(), "export a+b", 3, "weights are quantised"));
    cases.add(
        new Case(
            "export-int8",
            "a multimodal configuration",
            quantisedText(),
            "check",
            3,
            "quantised with \"awq\""));
    for (String command : List.of("export", "check --deep")) {
      cases.add(
          new Case("export-nan", "", notNumbers(), command, 3, "The expert has NaN or infinite"));
    }
    for (String command : List.of("check", "search")) {
      cases.add(new Case("moe-fused", "a packed graph", experts("", ""), command, 0, ""));
    }
    cases.add(moe("a packed expert", "", "packed", Tensors.FILES));
    cases.add(moe("a packed base", "packed", "", Tensors.PACKED));
    cases.add(
        new Case(
            "moe-fused", "an expert too few", fewer(), "export", 3, "The base lacks a tensor"));
    for (String command : List.of("search", "export")) {
      cases.add(new Case("tied-alias", "", halfSaved(), command, 3, HALF_TIED));
    }
    for (String command : List.of("check", "search")) {
      cases.add(new Case("tied-graph", "", tiedGraph(), command, 0, ""));
    }
    for (String wrapper : List.of("_orig_mod.", "module.", "_fsdp_wrapped_module.")) {
      cases.add(
          new Case(
              "wrapped-base",
              wrapper,
              wrapped(wrapper),
              "export a",
              0,
              "mergekit does not know the names in the base",
              exported -> mean(exported, QUERY, 0, 2, 4, 6)));
    }
    cases.add(
        new Case("two-spellings", "dots", spelled("./x.safetensors"), "check", 2, "given twice"));
    cases.add(
        new Case(
            "two-spellings",
            "through another folder",
            spelled("base/../x.safetensors"),
            "check",
            2,
            "given twice"));
    cases.add(
        new Case(
            "two-spellings", "a link", spelled("link.safetensors"), "check", 2, "given twice"));
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void endsAsItShould(Case row) throws IOException {
    row.inputs().write(folder);

    Ran ran = run(row.command());

    assertThat(ran.exitCode()).as(ran.errors()).isEqualTo(row.exit());
    assertThat(ran.results() + ran.errors()).contains(row.said());
    if (row.exit() == 0 && row.command().startsWith("export")) {
      row.outcome().check(folder.resolve("exported"));
    } else {
      assertThat(folder.resolve("exported")).doesNotExist();
    }
  }

  @Test
  void ranksByWeightsWhoseSumIsInfinite() throws IOException {
    SmallRun small = small();
    tasks(small, "1e308", "1e308");

    Ran ran = Ran.of(small.arguments("search", "--set", "search.maximum-size=1"));

    assertThat(ran.exitCode()).as(ran.errors()).isZero();
    assertThat(ran.results()).doesNotContain("0.0000 ± 0.0000  ");
  }

  @Test
  void refusesWeightsOfTasksThatVanish() throws IOException {
    SmallRun small = small();
    tasks(small, "1e-320", "1");

    Ran ran = Ran.of(small.arguments("check"));

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.errors()).contains("The weight of task one vanishes beside the greatest, 1.0");
  }

  @Test
  void writesTheSameUnderEveryLocale() {
    Locale before = Locale.getDefault();
    List<String> digests = new ArrayList<>();
    for (String language : List.of("en", "ar-EG")) {
      SmallRun small = SmallRun.of(folder.resolve(language));
      try {
        Locale.setDefault(Locale.forLanguageTag(language));
        Ran ran = Ran.of(small.arguments("search", "--set", "search.maximum-size=1"));
        assertThat(ran.exitCode()).as(ran.errors()).isZero();
        digests.addAll(
            ran.results().lines().filter(line -> line.startsWith("Ranked digest")).toList());
      } finally {
        Locale.setDefault(before);
      }
    }
    assertThat(digests).hasSize(2);
    assertThat(digests.get(0)).isEqualTo(digests.get(1));
  }

  @Test
  void saysThatOneExampleTellsNoError() throws IOException {
    SmallRun small = small();
    small.writeText("task", List.of("one"));

    Ran check = Ran.of(small.arguments("check"));
    Ran search = Ran.of(small.arguments("search", "--set", "search.maximum-size=1"));

    assertThat(check.results())
        .contains("There is one example, so that no score on it has a known");
    assertThat(search.results())
        .contains("ties cannot be told from one example")
        .doesNotContain("NaN");
    assertThat(search.results()).doesNotContain("with other examples its rank");
  }

  private SmallRun small() {
    return SmallRun.of(folder.resolve("small"));
  }

  private static void tasks(SmallRun small, String first, String second) throws IOException {
    String manifest = Files.readString(small.manifestFile());
    String tasks =
        """
        tasks = [
          { id = one, kind = language-modelling, data = task.txt, weight = %s }
          { id = two, kind = language-modelling, data = confirm.txt, weight = %s }
        ]
        """
            .formatted(first, second);
    Files.writeString(
        small.manifestFile(), manifest.substring(0, manifest.indexOf("tasks")) + tasks);
  }

  private Ran run(String command) {
    List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
    List<String> arguments = new ArrayList<>(List.of(words.remove(0)));
    if (arguments.get(0).equals("export")) {
      boolean named = !words.isEmpty() && !words.get(0).startsWith("-");
      arguments.addAll(List.of("--mixture", named ? words.remove(0) : "a"));
      arguments.addAll(List.of("--to", folder.resolve("exported").toString()));
    }
    arguments.addAll(words);
    arguments.addAll(List.of("--set", "manifest=" + folder.resolve("manifest.conf")));
    arguments.addAll(List.of("--set", "output=" + folder.resolve("run")));
    return Ran.of(arguments);
  }

  private static void manifest(Path folder, String base, String a, String b) throws IOException {
    Files.writeString(folder.resolve("task.txt"), "a fox\nthe dog\n");
    Files.writeString(
        folder.resolve("manifest.conf"),
        """
        base { %s }
        datasets = [ { id = a, expert = "%s" }, { id = b, expert = "%s" } ]
        tasks = [ { id = task, kind = language-modelling, data = task.txt } ]
        """
            .formatted(base, a, b));
  }

  private static void manifest(Path folder, String more) throws IOException {
    manifest(folder, "checkpoint = base, " + more, "a", "b");
  }

  private static TensorFile model(float factor) {
    return new TensorFile()
        .ramp(EMBEDDING, List.of(3, 2), factor)
        .ramp(QUERY, List.of(2, 2), factor)
        .ramp("model.layers.0.self_attn.v_proj.weight", List.of(2, 2), factor)
        .ramp("model.layers.1.self_attn.q_proj.weight", List.of(2, 2), factor)
        .ramp("model.layers.1.self_attn.v_proj.weight", List.of(2, 2), factor)
        .ramp("model.norm.weight", List.of(2), factor);
  }

  private static void write(TensorFile tensors, Path folder) throws IOException {
    tensors.write(Files.createDirectories(folder).resolve(MODEL));
  }

  private static void models(Path folder) throws IOException {
    write(model(1), folder.resolve("base"));
    write(model(3), folder.resolve("b"));
  }

  private static void adapter(Path folder, String config, TensorFile tensors) throws IOException {
    tensors.write(Files.createDirectories(folder).resolve("adapter_model.safetensors"));
    Files.writeString(
        folder.resolve("adapter_config.json"),
        "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": 1, %s}".formatted(config));
  }

  private static TensorFile factors(TensorFile file, String module, int outputs) {
    return file.ramp("base_model.model.%s.lora_A.weight".formatted(module), List.of(1, 2), 1)
        .ramp("base_model.model.%s.lora_B.weight".formatted(module), List.of(outputs, 1), 1);
  }

  private static Inputs tiedHead() {
    return folder -> {
      models(folder);
      adapter(
          folder.resolve("a"),
          "\"target_modules\": [\"lm_head\"]",
          factors(new TensorFile(), "lm_head", 3));
      manifest(folder, TIED);
    };
  }

  private static Inputs tiedSavedHead() {
    return folder -> {
      models(folder);
      adapter(
          folder.resolve("a"),
          "\"modules_to_save\": [\"lm_head\"]",
          new TensorFile().ramp("base_model.model.lm_head.weight", List.of(3, 2), 7));
      manifest(folder, TIED);
    };
  }

  private static Inputs untiedExpert() {
    return folder -> {
      models(folder);
      write(model(2).ramp("lm_head.weight", List.of(3, 2), 7), folder.resolve("a"));
      manifest(folder, TIED);
    };
  }

  private static Inputs lacking(String left) {
    return folder -> {
      models(folder);
      TensorFile tensors = new TensorFile();
      for (String module : List.of("q_proj", "v_proj")) {
        for (String layer : List.of("model.layers.0.", "model.layers.1.")) {
          if (!layer.equals(left) && !module.equals(left)) {
            factors(tensors, layer + "self_attn." + module, 2);
          }
        }
      }
      String saved = left.equals("norm") ? ", \"modules_to_save\": [\"norm\"]" : "";
      adapter(folder.resolve("a"), "\"target_modules\": [\"q_proj\", \"v_proj\"]" + saved, tensors);
      manifest(folder, "");
    };
  }

  private static Case conv1d(String form, boolean configuration) {
    String weight = "h.0.attn.c_proj.weight";
    Inputs inputs =
        folder -> {
          TensorFile base =
              new TensorFile()
                  .ramp(weight, List.of(2, 2), 1)
                  .ramp("h.0.attn.c_attn.weight", List.of(2, 6), 1);
          write(base, folder.resolve("base"));
          write(base, folder.resolve("b"));
          if (configuration) {
            Files.copy(GPT2, folder.resolve("base/config.json"));
          }
          adapter(
              folder.resolve("a"),
              "\"target_modules\": [\"attn.c_proj\"], \"fan_in_fan_out\": false",
              new TensorFile()
                  .f32("base_model.model.h.0.attn.c_proj.lora_A.weight", List.of(1, 2), 1, 2)
                  .f32("base_model.model.h.0.attn.c_proj.lora_B.weight", List.of(2, 1), 3, 5));
          manifest(folder, "");
        };
    return new Case(
        "gpt2-transposed",
        form,
        inputs,
        "export",
        0,
        "",
        exported -> mean(exported, weight, 3, 6, 8, 13));
  }

  private static Case peft(String name) {
    String tied = name.startsWith("tied") ? ", " + TIED : "";
    Path adapter = PEFT.resolve(name);
    return new Case(
        "peft",
        name,
        folder -> {
          String base = "checkpoint = \"%s\"%s";
          write(new TensorFile(), folder.resolve("b"));
          manifest(
              folder,
              base.formatted(adapter.resolve("base.safetensors"), tied),
              adapter.toString(),
              "b");
        },
        "export",
        0,
        "",
        exported -> {
          try (Checkpoint right = Checkpoints.open(adapter.resolve("expected.safetensors"));
              Checkpoint found = Checkpoints.open(exported)) {
            assertThat(found.tensors().keySet()).isEqualTo(right.tensors().keySet());
            for (TensorSpec tensor : right.tensors().values()) {
              int elements = (int) tensor.elements();
              assertThat(TensorFile.read(found, tensor.name(), elements))
                  .as(tensor.name())
                  .containsExactly(TensorFile.read(right, tensor.name(), elements), within(2e-5f));
            }
          }
        });
  }

  private static Inputs tiedTwice() {
    return folder -> {
      for (String each : List.of("base", "a", "b")) {
        float factor = each.equals("base") ? 0.1f : each.equals("a") ? 0.3f : -0.2f;
        write(
            new TensorFile()
                .ramp(EMBEDDING, List.of(16, 16), factor)
                .ramp("lm_head.weight", List.of(16, 16), factor),
            folder.resolve(each));
      }
      manifest(folder, TIED);
    };
  }

  private static void tied(Path exported) {
    try (Checkpoint found = Checkpoints.open(exported)) {
      assertThat(TensorFile.read(found, "lm_head.weight", 256))
          .isEqualTo(TensorFile.read(found, EMBEDDING, 256));
    }
  }

  private static Inputs companions() {
    return folder -> {
      models(folder);
      write(model(2), folder.resolve("a"));
      Path base = folder.resolve("base");
      Files.createDirectory(base.resolve("additional_chat_templates"));
      for (String file : Stream.concat(COPIED.stream(), LEFT.stream()).toList()) {
        Files.writeString(base.resolve(file), file.endsWith(".json") ? "{}" : file);
      }
      manifest(folder, "");
    };
  }

  private static final List<String> COPIED =
      List.of(
          "additional_chat_templates/x.jinja",
          "chat_template.jinja",
          "LICENSE",
          "merges.txt",
          "qwen.tiktoken",
          "spiece.model",
          "vocab.bpe");

  private static final List<String> LEFT = List.of("adapter_config.json", "modeling_x.py");

  private static void has(Path exported) {
    COPIED.forEach(file -> assertThat(exported.resolve(file)).exists());
    LEFT.forEach(file -> assertThat(exported.resolve(file)).doesNotExist());
  }

  private static Inputs tokenizer() {
    return folder -> {
      models(folder);
      write(model(2), folder.resolve("a"));
      Files.writeString(folder.resolve("base/tokenizer.json"), "{}");
      manifest(folder, "tokenizer = bytes, context = 8, model = \"%s/tied.pt\"".formatted(GRAPHS));
    };
  }

  private static Inputs booleans() {
    return folder -> {
      for (String each : List.of("base", "a", "b")) {
        write(
            model(2).bytes("h.0.attn.bias", "BOOL", List.of(1, 1, 2, 2), 1, 0, 1, 1),
            folder.resolve(each));
      }
      manifest(folder, "");
    };
  }

  private static Inputs quantised() {
    return folder -> {
      models(folder);
      write(
          model(2).i8("x.weight", List.of(2, 2), 1, 2, 3, 4).ramp("x.SCB", List.of(2), 1),
          folder.resolve("a"));
      manifest(folder, "");
    };
  }

  private static Inputs quantisedText() {
    return folder -> {
      models(folder);
      write(model(2), folder.resolve("a"));
      Files.writeString(
          folder.resolve("a/config.json"),
          "{\"text_config\": {\"quantization_config\": {\"quant_method\": \"awq\"}}}");
      manifest(folder, "");
    };
  }

  private static Inputs notNumbers() {
    return folder -> {
      write(graphWeights(0.1f, ""), folder.resolve("base"));
      write(graphWeights(0.2f, ""), folder.resolve("b"));
      write(graphWeights(Float.NaN, ""), folder.resolve("a"));
      manifest(folder, mixtureGraph());
    };
  }

  private static String mixtureGraph() {
    return "tokenizer = bytes, context = 8, model = \"%s/packed-experts.pt\"".formatted(GRAPHS);
  }

  /** What the graph has, with experts packed or not. */
  private static TensorFile graphWeights(float factor, String layout) {
    TensorFile file =
        new TensorFile()
            .ramp("embed_tokens.weight", List.of(259, 4), factor / 500)
            .ramp("lm_head.weight", List.of(259, 4), factor / 700);
    float[] gate = new float[2 * 6 * 4];
    float[] down = new float[2 * 4 * 3];
    for (int i = 0; i < gate.length; i++) {
      gate[i] = i * factor;
    }
    for (int i = 0; i < down.length; i++) {
      down[i] = i * factor;
    }
    if (layout.equals("packed")) {
      return file.f32("mlp.experts.gate_up_proj", List.of(2, 6, 4), gate)
          .f32("mlp.experts.down_proj", List.of(2, 4, 3), down);
    }
    for (int expert = 0; expert < 2; expert++) {
      String module = "mlp.experts.%s.".formatted(expert);
      file.f32(module + "gate_proj.weight", List.of(3, 4), part(gate, 2 * expert, 12))
          .f32(module + "up_proj.weight", List.of(3, 4), part(gate, 2 * expert + 1, 12))
          .f32(module + "down_proj.weight", List.of(4, 3), part(down, expert, 12));
    }
    return file;
  }

  private static float[] part(float[] all, int index, int length) {
    return Arrays.copyOfRange(all, index * length, (index + 1) * length);
  }

  private static Inputs experts(String base, String a) {
    return folder -> {
      write(graphWeights(0.01f, base), folder.resolve("base"));
      write(graphWeights(0.02f, a), folder.resolve("a"));
      write(graphWeights(0.04f, base), folder.resolve("b"));
      manifest(folder, mixtureGraph());
    };
  }

  private enum Tensors {
    PACKED,
    FILES
  }

  private static Case moe(String form, String base, String a, Tensors written) {
    return new Case(
        "moe-fused",
        form,
        experts(base, a),
        "export a+b",
        0,
        "mergekit does not read the expert of a",
        exported -> {
          try (Checkpoint found = Checkpoints.open(exported)) {
            String name =
                written == Tensors.PACKED
                    ? "mlp.experts.gate_up_proj"
                    : "mlp.experts.1.up_proj.weight";
            int elements = (int) found.tensors().get(name).elements();
            float[] values = TensorFile.read(found, name, elements);
            // The last row of the last expert: the elements 44 to 47 of the packed tensor.
            for (int i = 0; i < 4; i++) {
              assertThat(values[elements - 4 + i]).isCloseTo((44 + i) * 0.03f, within(1e-5f));
            }
          }
        });
  }

  private static Inputs fewer() {
    return folder -> {
      experts("", "").write(folder);
      float[] three = new float[3 * 6 * 4];
      write(
          new TensorFile()
              .ramp("embed_tokens.weight", List.of(259, 4), 1)
              .ramp("lm_head.weight", List.of(259, 4), 1)
              .f32("mlp.experts.gate_up_proj", List.of(3, 6, 4), three)
              .ramp("mlp.experts.down_proj", List.of(2, 4, 3), 1),
          folder.resolve("a"));
    };
  }

  private static Inputs halfSaved() {
    return folder -> {
      for (String each : List.of("base", "b")) {
        write(
            new TensorFile()
                .ramp("embed_tokens.weight", List.of(259, 4), 0.01f)
                .ramp("lm_head.weight", List.of(259, 4), 0.01f),
            folder.resolve(each));
      }
      adapter(
          folder.resolve("a"),
          "\"modules_to_save\": [\"embed_tokens\"]",
          new TensorFile().ramp("base_model.model.embed_tokens.weight", List.of(259, 4), 0.02f));
      manifest(folder, tiedGraphKeys());
    };
  }

  private static String tiedGraphKeys() {
    return "tokenizer = bytes, context = 8, model = \"%s/tied.pt\"".formatted(GRAPHS)
        + ", tied = [[lm_head.weight, embed_tokens.weight]]";
  }

  private static Inputs tiedGraph() {
    return folder -> {
      for (String each : List.of("base", "a", "b")) {
        float factor = each.equals("base") ? 0.01f : each.equals("a") ? 0.011f : 0.009f;
        write(
            new TensorFile().ramp("embed_tokens.weight", List.of(259, 4), factor),
            folder.resolve(each));
      }
      manifest(folder, tiedGraphKeys());
    };
  }

  /** The base's names have a wrapper's part, an expert's have none, another's have its own. */
  private static Inputs wrapped(String wrapper) {
    return folder -> {
      write(wrappedModel(wrapper, 1), folder.resolve("base"));
      write(model(2), folder.resolve("a"));
      write(wrappedModel("module.", 3), folder.resolve("b"));
      manifest(folder, "");
    };
  }

  private static TensorFile wrappedModel(String wrapper, float factor) {
    return new TensorFile()
        .ramp(wrapper + EMBEDDING, List.of(3, 2), factor)
        .ramp(wrapper + QUERY, List.of(2, 2), factor)
        .ramp(wrapper + "model.layers.0.self_attn.v_proj.weight", List.of(2, 2), factor)
        .ramp(wrapper + "model.layers.1.self_attn.q_proj.weight", List.of(2, 2), factor)
        .ramp(wrapper + "model.layers.1.self_attn.v_proj.weight", List.of(2, 2), factor)
        .ramp(wrapper + "model.norm.weight", List.of(2), factor);
  }

  private static void mean(Path exported, String tensor, float... values) {
    try (Checkpoint found = Checkpoints.open(exported)) {
      assertThat(TensorFile.read(found, tensor, values.length))
          .containsExactly(values, within(1e-5f));
    }
  }

  private static Inputs spelled(String other) {
    return folder -> {
      models(folder);
      model(2).write(folder.resolve("x.safetensors"));
      Files.createSymbolicLink(folder.resolve("link.safetensors"), folder.resolve("x.safetensors"));
      manifest(folder, "checkpoint = base", "x.safetensors", other);
    };
  }
}
