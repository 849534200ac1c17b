package org.mergetomix.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mergetomix.expert.Delta;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.expert.TiedCheckpoint;
import org.mergetomix.expert.lora.LowRankProduct;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.tensor.Checkpoint;

class FactoredExpertsTest {

  private static final Path MODELS = Path.of("src/test/resources/org/mergetomix/family");

  /** Of an adapter, and of an expert that has nothing but elements. */
  @ParameterizedTest
  @CsvSource({
    "llama-tied, average, none, a+b",
    "llama-tied, average, none, a:0.2+b:0.8",
    "llama-tied, task-arithmetic, none, a+b",
    "llama-tied, task-arithmetic, linear, a:0.25+b:0.75",
    "llama-tied, linear, linear, a",
    "llama-tied, average, none, ''",
    "gpt2, average, none, a+b"
  })
  void addUpToWhatIsMerged(String model, String name, String layers, String id) {
    MergeMethod method =
        layers.equals("none")
            ? Merging.method(name)
            : Merging.method(
                name, "lines.scaling", layers, "lines.alpha", "0.5", "lines.beta", "1");
    Mixture mixture = id.isEmpty() ? Mixture.none() : Mixture.parse(id);
    try (TiedCheckpoint base = base(model);
        Delta adapter = adapter(base, model)) {
      PreparedExperts experts = experts(base, adapter, method);
      MemoryTensors merged = MemoryTensors.like(base);
      new PrefixMerger(experts, 0).merge(mixture, Optional.empty(), merged);

      assertThat(added(FactoredExperts.of(experts), mixture, base))
          .containsExactly(merged.all(), within(5e-7f));
    }
  }

  @Test
  void addUpWhereATensorHoldsManyProducts() {
    Path packed = Path.of("src/test/resources/org/mergetomix/expert/peft/packed-experts");
    Mixture mixture = Mixture.parse("a:0.2+b:0.8");
    try (TiedCheckpoint base =
            TiedCheckpoint.of(Checkpoints.open(packed.resolve("base.safetensors")), List.of());
        Delta adapter = Delta.open(base, packed, ExpertPolicy.STRICT)) {
      PreparedExperts experts = experts(base, adapter, Merging.method("average"));
      MemoryTensors merged = MemoryTensors.like(base);
      new PrefixMerger(experts, 0).merge(mixture, Optional.empty(), merged);
      FactoredExperts factored = FactoredExperts.of(experts);

      assertThat(factored.addends())
          .anySatisfy(
              addend ->
                  assertThat(addend)
                      .isInstanceOfSatisfying(
                          FactoredExperts.Product.class,
                          product -> assertThat(product.first()).isPositive()));
      assertThat(added(factored, mixture, base)).containsExactly(merged.all(), within(5e-7f));
    }
  }

  @Test
  void areOfMethodsThatOnlyAdd() {
    try (TiedCheckpoint base = base("llama-tied");
        Delta adapter = adapter(base, "llama-tied")) {
      PreparedExperts experts = experts(base, adapter, Merging.method("ties"));

      assertThatThrownBy(() -> FactoredExperts.of(experts))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static TiedCheckpoint base(String model) {
    Checkpoint stored = Checkpoints.open(MODELS.resolve(model));
    return TiedCheckpoint.of(stored, policy(model, stored).tied());
  }

  private static ExpertPolicy policy(String model, Checkpoint base) {
    return ExpertPolicy.STRICT.with(
        FamilyReader.ofBase(MODELS.resolve(model), base.tensors().keySet()));
  }

  private static Delta adapter(TiedCheckpoint base, String model) {
    return Delta.open(base, MODELS.resolve(model).resolve("adapter"), policy(model, base.stored()));
  }

  private static PreparedExperts experts(Checkpoint base, Delta adapter, MergeMethod method) {
    MemoryTensors whole = MemoryTensors.like(base);
    for (String tensor : base.tensors().keySet()) {
      for (int i = 0; i < whole.of(tensor).length; i++) {
        whole.of(tensor)[i] = (i % 7 - 3) * 0.01f;
      }
    }
    return PreparedExperts.of(
        base,
        Map.of(
            "a", new PreparedExperts.Expert("a", adapter),
            "b", new PreparedExperts.Expert("b", whole)),
        method);
  }

  private static float[] added(FactoredExperts experts, Mixture mixture, Checkpoint base) {
    SortedMap<String, Double> scalars = experts.scalars(mixture);
    SortedMap<String, float[]> sums = new TreeMap<>();
    MemoryTensors surrogate = MemoryTensors.like(base);
    base.tensors()
        .forEach(
            (name, spec) -> {
              base.read(name, 0, surrogate.of(name), (int) spec.elements());
              sums.put(name, surrogate.of(name));
            });
    for (FactoredExperts.Addend addend : experts.addends()) {
      double scalar = scalars.getOrDefault(addend.dataset(), 0.0);
      float[] sum = sums.get(addend.tensor());
      if (addend instanceof FactoredExperts.Product product) {
        add(sum, (int) product.first(), product.factors(), scalar * product.scale());
      } else if (addend instanceof FactoredExperts.Elements elements) {
        float[] values = new float[(int) elements.count()];
        elements.reader().read(0, values, values.length);
        for (int i = 0; i < values.length; i++) {
          sum[i] += (float) (scalar * elements.scale() * values[i]);
        }
      }
    }
    return surrogate.all();
  }

  private static void add(float[] sum, int first, LowRankProduct product, double factor) {
    float[][] left = product.left();
    float[][] right = product.right();
    int columns = (int) product.columns();
    for (int i = 0; i < product.rows() * columns; i++) {
      double element = 0;
      for (int k = 0; k < product.rank(); k++) {
        element += (double) left[k][i / columns] * right[k][i % columns];
      }
      sum[first + i] += (float) (factor * element);
    }
  }
}
