package org.mergetomix.mergekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mergetomix.expert.Delta;
import org.mergetomix.merge.MemoryTensors;
import org.mergetomix.merge.MergeMethod;
import org.mergetomix.merge.Merging;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.testing.Golden;

class MergekitRecipeTest {

  private static final String BASE = "/models/base";

  private static final SortedMap<String, TensorSpec> TENSORS =
      new TreeMap<>(
          Map.of(
              "ids", new TensorSpec("ids", DType.I64, List.of(3L)),
              "w", new TensorSpec("w", DType.BF16, List.of(200L, 10L))));

  /** Every method that mergekit has too, as it would be configured for that. */
  static Stream<MergeMethod> withEquivalent() {
    return Stream.of(
        Merging.method("average"),
        Merging.method("linear"),
        Merging.method("task-arithmetic"),
        Merging.method("task-arithmetic", "mode", "mergekit", "lambda", "0.00001"),
        Merging.method("ties", "mode", "mergekit", "density", "0.3", "lambda", "1.5"),
        Merging.method("dare-linear", "mode", "mergekit", "density", "0.3"),
        Merging.method("dare-ties", "mode", "mergekit", "density", "0.3"),
        Merging.method("della-linear", "mode", "mergekit", "density", "0.5"),
        Merging.method("della", "mode", "mergekit", "density", "0.5", "epsilon", "0.1"),
        Merging.method("breadcrumbs", "density", "0.3"),
        Merging.method("breadcrumbs-ties", "mode", "mergekit", "density", "0.3", "gamma", "0.05"),
        Merging.method("sce", "mode", "mergekit", "select-top-k", "0.5"));
  }

  @Test
  void writesWhatWasLookedAt() {
    StringBuilder all = new StringBuilder();
    withEquivalent()
        .forEach(
            method -> {
              boolean weighs = !method.name().equals("sce");
              Mixture mixture = Mixture.parse(weighs ? "a:0.5+b:0.25+c:0.25" : "a+b+c");
              all.append(yaml(method, mixture)).append("---\n");
            });

    Golden.assertMatches(MergekitRecipeTest.class, "mergekit.yaml", all.toString());
  }

  /** The formulas are restated in {@link MergekitReading}, apart from ours. */
  @ParameterizedTest
  @MethodSource("withEquivalent")
  void mergesTheSameNumbersAsTheYamlSays(MergeMethod method) throws IOException {
    MergeMethod certain = withoutChance(method);
    Merging merging = Merging.random(3, 5);
    Merging large = onlyTensor(merging, "layers.0.weight");
    for (String id : List.of("a", "b+c", "a+b+c", "a:0.5+b:0.25+c:0.25")) {
      Mixture mixture = Mixture.parse(id);
      boolean takesIt = !certain.name().equals("sce") || id.equals("b+c") || id.equals("a+b+c");
      if (takesIt) {
        JsonNode yaml = new YAMLMapper().readTree(yaml(certain, mixture));
        double[] expected = MergekitReading.merge(yaml, large, "/experts/");
        float[] found = large.merge(certain, mixture).of("layers.0.weight");
        for (int i = 0; i < found.length; i++) {
          assertThat((double) found[i]).as(id).isEqualTo(expected[i], within(1e-7));
        }
      }
    }
  }

  /** With everything kept, where it would be kept at random. */
  private static MergeMethod withoutChance(MergeMethod method) {
    return method.parameters().containsKey("seed")
        ? Merging.method(method.name(), "mode", "mergekit", "density", "1")
        : method;
  }

  private static Merging onlyTensor(Merging merging, String name) {
    MemoryTensors base = only(merging.base(), name);
    SortedMap<String, Delta> deltas = new TreeMap<>();
    merging.deltas().forEach((id, delta) -> deltas.put(id, only((MemoryTensors) delta, name)));
    return new Merging(base, deltas);
  }

  private static MemoryTensors only(MemoryTensors tensors, String name) {
    return new MemoryTensors().with(name, tensors.tensors().get(name).shape(), tensors.of(name));
  }

  @Test
  void namesAnAdapterWithItsBase() throws IOException {
    SortedMap<String, MergekitRecipe.Model> experts = folders("a", "b");
    experts.put("b", new MergekitRecipe.Model("/adapters/\"b\" é", MergekitRecipe.Form.ADAPTER));
    MergekitRecipe recipe = recipe(Merging.method("average"), "a+b", BASE, experts);
    JsonNode yaml = new YAMLMapper().readTree(recipe.yaml().orElseThrow());

    assertThat(yaml.at("/models/0/model").asText()).isEqualTo("/experts/a");
    assertThat(yaml.at("/models/1/model").asText()).isEqualTo(BASE + "+/adapters/\"b\" é");
    assertThat(recipe.yaml().orElseThrow())
        .contains(
            "# mergekit-yaml --lora-merge-cache CACHE --lora-merge-dtype float32 mergekit.yaml"
                + " FOLDER\n");
  }

  @Test
  void isForTheOtherProgramWhereInputsAreSingleFiles() {
    SortedMap<String, MergekitRecipe.Model> experts = new TreeMap<>();
    for (String id : List.of("a", "b")) {
      experts.put(id, new MergekitRecipe.Model(id + ".safetensors", MergekitRecipe.Form.FILE));
    }
    MergekitRecipe.Model base =
        new MergekitRecipe.Model("base.safetensors", MergekitRecipe.Form.FILE);
    SortedMap<String, TensorSpec> tensors = new TreeMap<>(TENSORS);
    MergeMethod average = Merging.method("average");
    Mixture mixture = Mixture.parse("a+b");

    assertThat(MergekitRecipe.of(average, mixture, base, tensors, experts).obstacles())
        .containsExactly("of single files, mergekit merges the whole numbers too");
    tensors.remove("ids");
    tensors.put("v", new TensorSpec("v", DType.F32, List.of(4L)));
    assertThat(MergekitRecipe.of(average, mixture, base, tensors, experts).yaml())
        .hasValueSatisfying(
            yaml ->
                assertThat(yaml)
                    .contains(
                        "# mergekit-pytorch mergekit.yaml FOLDER\n",
                        "# The export keeps the type of each tensor; mergekit writes float32.\n",
                        "\nout_dtype: float32\n"));
  }

  @Test
  void saysWhyThereIsNoEquivalent() {
    refuses(Merging.method("top-k-grafting"), "a+b", "mergekit has no top-k grafting");
    refuses(
        Merging.method("model-stock"),
        "a+b",
        "mergekit's model_stock leads away from experts that oppose each other, where merge-to-mix"
            + " stays at the base");
    refuses(
        Merging.method("average", "lines.scaling", "linear"),
        "a+b",
        "mergekit has no LiNeS layer scaling");
    refuses(
        Merging.method("ties"),
        "a+b",
        "mergekit elects signs otherwise than the paper; merge.mode = mergekit has an equivalent",
        "mergekit trims each tensor, and not the whole model; merge.mode = mergekit has an"
            + " equivalent");
    refuses(
        Merging.method("dare-linear"),
        "a+b",
        "mergekit scales what is kept to the former norm, and not by its probability; merge.mode ="
            + " mergekit has an equivalent");
    refuses(
        Merging.method("della-linear", "mode", "mergekit", "density", "0.1"),
        "a+b",
        "mergekit refuses an epsilon of 0.15 for a density of 0.1, which merge-to-mix narrows");
    refuses(
        Merging.method("breadcrumbs", "density", "0.3", "gamma", "0"),
        "a+b",
        "mergekit loses its outliers and drops everything where 0.0 of a tensor is less than an"
            + " element; the smallest has 2000");
    refuses(
        Merging.method("ties", "mode", "mergekit", "density", "0.0001"),
        "a+b",
        "mergekit keeps nothing where 0.0001 of a tensor is less than an element; the smallest has"
            + " 2000");
    refuses(
        Merging.method("sce", "mode", "mergekit"),
        "a:0.7+b:0.3",
        "mergekit's sce takes no weights");
    refuses(
        Merging.method("sce", "mode", "mergekit", "select-top-k", "0.5"),
        "a",
        "mergekit's sce selects nothing of a single expert");
  }

  private static void refuses(MergeMethod method, String mixture, String... obstacles) {
    MergekitRecipe recipe = recipe(method, mixture, BASE, folders("a", "b"));

    assertThat(recipe.obstacles()).containsExactly(obstacles);
    assertThat(recipe.yaml()).isEmpty();
  }

  @Test
  void saysWhichInputsMergekitDoesNotRead() {
    SortedMap<String, MergekitRecipe.Model> experts = folders("a", "b", "c");
    experts.put("b", new MergekitRecipe.Model("/deltas/b", MergekitRecipe.Form.OTHER));
    experts.put("c", new MergekitRecipe.Model("c.safetensors", MergekitRecipe.Form.FILE));

    assertThat(recipe(Merging.method("average"), "a+b+c", "s3a://base@1", experts).obstacles())
        .containsExactly(
            "mergekit does not read the expert of b, which is a delta or has other names than the"
                + " base",
            "mergekit reads folders or single files, but not both in one merge",
            "mergekit does not read the location s3a://base@1");
    assertThat(recipe(Merging.method("average"), "a", BASE, experts).obstacles()).isEmpty();
  }

  private static String yaml(MergeMethod method, Mixture mixture) {
    MergekitRecipe recipe = recipe(method, mixture.id(), BASE, folders("a", "b", "c"));
    assertThat(recipe.obstacles()).as(method.describe()).isEmpty();
    return recipe.yaml().orElseThrow();
  }

  private static MergekitRecipe recipe(
      MergeMethod method,
      String mixture,
      String base,
      SortedMap<String, MergekitRecipe.Model> experts) {
    return MergekitRecipe.of(
        method,
        Mixture.parse(mixture),
        new MergekitRecipe.Model(base, MergekitRecipe.Form.FOLDER),
        TENSORS,
        experts);
  }

  private static SortedMap<String, MergekitRecipe.Model> folders(String... datasets) {
    SortedMap<String, MergekitRecipe.Model> experts = new TreeMap<>();
    for (String dataset : datasets) {
      experts.put(
          dataset, new MergekitRecipe.Model("/experts/" + dataset, MergekitRecipe.Form.FOLDER));
    }
    return experts;
  }
}
