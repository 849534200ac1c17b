package org.mergetomix.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.expert.Delta;
import org.mergetomix.expert.DeltaForm;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.expert.TiedCheckpoint;
import org.mergetomix.family.Family;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.SubsetSpace;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.FamilyModel;
import org.mergetomix.model.LanguageModel;
import org.mergetomix.model.LiveModel;
import org.mergetomix.model.Precision;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSpec;

/** On DJL's CPU device, which runs the same code; an adapter, and two deltas of whole models. */
class DeviceMergerTest {

  private static final Path MODELS = Path.of("src/test/resources/org/mergetomix/family");

  private final List<AutoCloseable> open = new ArrayList<>();
  private TiedCheckpoint base;
  private Family family;
  private final SortedMap<String, Delta> deltas = new TreeMap<>();

  @BeforeEach
  void openInputs() {
    open("llama-tied");
  }

  private void open(String name) {
    Path folder = MODELS.resolve(name);
    Checkpoint stored = Checkpoints.open(folder);
    family = FamilyReader.ofBase(folder, stored.tensors().keySet());
    ExpertPolicy policy = ExpertPolicy.STRICT.with(family);
    base = TiedCheckpoint.of(stored, policy.tied());
    open.add(base);
    deltas.put("a", Delta.open(base, folder.resolve("adapter"), policy));
    open.add(deltas.get("a"));
    deltas.put("b", moved(2));
    deltas.put("c", moved(3));
  }

  private Delta moved(long seed) {
    Random random = new Random(seed);
    MemoryTensors delta = new MemoryTensors();
    base.tensors()
        .forEach(
            (name, spec) -> {
              float[] values = new float[(int) spec.elements()];
              for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian() * 0.01f;
              }
              delta.with(name, spec.shape(), values);
            });
    return delta;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "average, none, a+b+c",
    "average, none, a:0.2+b:0.5+c:0.3",
    "task-arithmetic, none, a+c",
    "task-arithmetic, linear, a:0.25+b:0.75",
    "average, none, ''"
  })
  void mergesWhatTheCpuMergesUpToRounding(String name, String layers, String mixture) {
    MergeMethod method =
        layers.equals("none")
            ? Merging.method(name)
            : Merging.method(
                name, "lines.scaling", layers, "lines.alpha", "0.5", "lines.beta", "1");

    float[] merged = onDevice(method, 0, Precision.FLOAT32, mixture).get(0);

    assertThat(merged).containsExactly(onCpu(method, Precision.FLOAT32, mixture), within(3e-7f));
  }

  @Test
  void mergesAConvolutionOfGpt2Alike() throws Exception {
    close();
    open.clear();
    open("gpt2");

    float[] merged = onDevice(Merging.method("average"), 0, Precision.FLOAT32, "a+b").get(0);

    assertThat(merged)
        .containsExactly(onCpu(Merging.method("average"), Precision.FLOAT32, "a+b"), within(3e-7f));
  }

  @Test
  void roundsToBfloat16Once() {
    MergeMethod method = Merging.method("average");

    float[] merged = onDevice(method, 0, Precision.BFLOAT16, "a+b+c").get(0);
    float[] expected = onCpu(method, Precision.BFLOAT16, "a+b+c");

    int apart = 0;
    for (int i = 0; i < merged.length; i++) {
      // A sum that lies beside the middle of two may go the other way.
      assertThat(merged[i]).isCloseTo(expected[i], within(Math.abs(expected[i]) / 128));
      apart += merged[i] == expected[i] ? 0 : 1;
    }
    assertThat(apart).isLessThan(merged.length / 1000);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 9})
  void givesTheSameBitsWhateverWasMergedBeforeAndKept(int buffers) {
    MergeMethod method = Merging.method("average");
    SubsetSpace subsets = SubsetSpace.of(List.copyOf(deltas.keySet()), 1, 3);
    List<String> walk = new ArrayList<>();
    for (long i = 0; i < subsets.size(); i++) {
      walk.add(subsets.at(i).id());
    }
    walk.add("a:0.5+b:0.5");

    List<float[]> walked =
        onDevice(method, buffers, Precision.FLOAT32, walk.toArray(String[]::new));

    for (int i = 0; i < walk.size(); i++) {
      assertThat(walked.get(i))
          .as(walk.get(i))
          .isEqualTo(onDevice(method, 0, Precision.FLOAT32, walk.get(i)).get(0));
    }
  }

  @Test
  void keepsAnAdapterAsItsFactors() {
    long products =
        base.tensors().keySet().stream()
            .filter(tensor -> deltas.get("a").form(tensor) instanceof DeltaForm.Products)
            .count();
    long zeros =
        base.tensors().keySet().stream()
            .filter(tensor -> deltas.get("a").form(tensor) instanceof DeltaForm.Zero)
            .count();

    assertThat(products).isPositive();
    assertThat(zeros).isPositive();
    assertThat(products + zeros).isEqualTo(base.tensors().size());
  }

  @Test
  void writesExpertsThatAGraphHasPacked() {
    MemoryTensors start = new MemoryTensors();
    MemoryTensors delta = new MemoryTensors();
    Random random = new Random(5);
    for (String name : List.of("embed_tokens.weight", "lm_head.weight")) {
      addRandom(random, name, List.of(259L, 4L), start, delta);
    }
    for (int expert = 0; expert < 2; expert++) {
      String module = "mlp.experts.%s.".formatted(expert);
      addRandom(random, module + "gate_proj.weight", List.of(3L, 4L), start, delta);
      addRandom(random, module + "up_proj.weight", List.of(3L, 4L), start, delta);
      addRandom(random, module + "down_proj.weight", List.of(4L, 3L), start, delta);
    }
    PreparedExperts prepared =
        PreparedExperts.of(
            start,
            new TreeMap<>(Map.of("x", new PreparedExperts.Expert("x", delta))),
            Merging.method("average"));
    Path graph = Path.of("src/test/resources/org/mergetomix/model/packed-experts.pt");

    try (LiveModel device = LiveModel.load(graph);
        LiveModel cpu = LiveModel.load(graph)) {
      new DeviceMerger(prepared, 0, device).merge(Mixture.parse("x"), Optional.empty(), device);
      new PrefixMerger(prepared, 0).merge(Mixture.parse("x"), Optional.empty(), cpu);

      assertThat(device.tensors()).containsKey("mlp.experts.gate_up_proj");
      assertThat(all(device)).containsExactly(all(cpu), within(3e-7f));
    }
  }

  private static void addRandom(
      Random random, String name, List<Long> shape, MemoryTensors start, MemoryTensors delta) {
    float[] values = new float[(int) (shape.get(0) * shape.get(1))];
    float[] moved = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
      moved[i] = random.nextFloat();
    }
    start.with(name, shape, values);
    delta.with(name, shape, moved);
  }

  @Test
  void refusesAMethodThatElectsSigns() {
    try (FamilyModel model = model(Precision.FLOAT32)) {
      PreparedExperts prepared = prepared(Merging.method("ties"));

      assertThatThrownBy(() -> new DeviceMerger(prepared, 0, model))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private List<float[]> onDevice(
      MergeMethod method, int buffers, Precision precision, String... mixtures) {
    try (FamilyModel model = model(precision)) {
      DeviceMerger merger = new DeviceMerger(prepared(method), buffers, model);
      List<float[]> merged = new ArrayList<>();
      for (int i = 0; i < mixtures.length; i++) {
        Optional<Mixture> next =
            i + 1 < mixtures.length ? Optional.of(mixture(mixtures[i + 1])) : Optional.empty();
        merger.merge(mixture(mixtures[i]), next, model);
        merged.add(all(model));
      }
      return merged;
    }
  }

  private float[] onCpu(MergeMethod method, Precision precision, String mixture) {
    try (FamilyModel model = model(precision)) {
      new PrefixMerger(prepared(method), 0).merge(mixture(mixture), Optional.empty(), model);
      return all(model);
    }
  }

  private static Mixture mixture(String id) {
    return id.isEmpty() ? Mixture.none() : Mixture.parse(id);
  }

  private FamilyModel model(Precision precision) {
    return FamilyModel.open(family, precision, ComputeDevice.CPU);
  }

  private PreparedExperts prepared(MergeMethod method) {
    SortedMap<String, PreparedExperts.Expert> experts = new TreeMap<>();
    deltas.forEach((id, delta) -> experts.put(id, new PreparedExperts.Expert(id, delta)));
    return PreparedExperts.of(base, experts, method);
  }

  private static float[] all(LanguageModel model) {
    float[] all = {};
    for (TensorSpec tensor : model.tensors().values()) {
      float[] values = new float[(int) tensor.elements()];
      model.read(tensor.name(), 0, values, values.length);
      int begun = all.length;
      all = Arrays.copyOf(all, begun + values.length);
      System.arraycopy(values, 0, all, begun, values.length);
    }
    return all;
  }
}
