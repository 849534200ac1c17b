package org.mergetomix.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mergetomix.evaluation.TokenWindow;
import org.mergetomix.family.Family;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.FamilyModel;
import org.mergetomix.model.Precision;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSource;
import org.mergetomix.tensor.TensorSpec;

/** LoRA beside PEFT, which {@code src/test/python/lora_training_reference.py} asked. */
class LowRankTrainingTest {

  private static final Path RESOURCES = Path.of("src/test/resources/org/mergetomix");

  private static final int STEPS = 20;

  /** The models of the reference, and what is trained of them there. */
  private enum Reference {
    LLAMA("llama-tied", "q_proj", "down_proj"),
    GPT2("gpt2", "attn.c_attn"),
    PHI3("phi3");

    private final String model;

    @SuppressWarnings("ImmutableEnumChecker") // The list is immutable.
    private final List<String> targets;

    Reference(String model, String... targets) {
      this.model = model;
      this.targets = List.of(targets);
    }

    LowRank method() {
      return new LowRank(3, 5, targets);
    }

    Path folder() {
      return RESOURCES.resolve("family").resolve(model);
    }

    Checkpoint golden() {
      return Checkpoints.open(RESOURCES.resolve("training/lora/" + model + ".safetensors"));
    }
  }

  @ParameterizedTest
  @EnumSource(Reference.class)
  void takesTheStepsThatPeftTakes(Reference reference, TestReporter reporter) {
    try (Checkpoint golden = reference.golden();
        Checkpoint weights = Checkpoints.open(reference.folder());
        FamilyModel model = open(reference.folder(), weights)) {
      LowRankAdapter adapter = LowRankAdapter.attach(model, reference.method(), 1);
      assertThat(reference.method().tensors(model.family()).keySet())
          .containsExactlyElementsOf(
              golden.tensors().keySet().stream()
                  .filter(name -> name.startsWith("before."))
                  .map(name -> name.substring("before.".length()))
                  .toList());
      start(adapter, golden, model.family());

      double loss = train(adapter, golden);

      SoftAssertions softly = new SoftAssertions();
      double largest = 0;
      for (String name : reference.method().tensors(model.family()).keySet()) {
        int size = (int) reference.method().tensors(model.family()).get(name).elements();
        float[] actual = all(adapter, name, size);
        float[] expected = all(golden, "after." + name, size);
        for (int i = 0; i < size; i++) {
          largest = Math.max(largest, Math.abs((double) actual[i] - expected[i]));
        }
        softly.assertThat(actual).as(name).containsExactly(expected, within(1e-4f));
      }
      reporter.publishEntry(reference.model, "largest difference " + largest);
      softly.assertAll();
      float[] losses = all(golden, "losses", STEPS);
      assertThat(loss).isEqualTo((losses[STEPS - 2] + losses[STEPS - 1]) / 2.0, within(1e-5));
    }
  }

  /** AdamW takes whole steps where a gradient is little more than rounding, as PEFT's does. */
  @ParameterizedTest
  @EnumSource(Reference.class)
  void movesFactorsOfABaseInBfloat16AsPeftDoesInFloat32(
      Reference reference, TestReporter reporter) {
    try (Checkpoint golden = reference.golden();
        Checkpoint weights = Checkpoints.open(reference.folder());
        FamilyModel model = open(reference.folder(), weights, Precision.BFLOAT16)) {
      LowRankAdapter adapter = LowRankAdapter.attach(model, reference.method(), 1);
      start(adapter, golden, model.family());

      double loss = train(adapter, golden);
      float[] losses = all(golden, "losses", STEPS);

      double apart = 0;
      double apartInPeft = 0;
      double moved = 0;
      for (TensorSpec factor : reference.method().tensors(model.family()).values()) {
        int size = (int) factor.elements();
        float[] exact = all(golden, "after." + factor.name(), size);
        apart += distance(all(adapter, factor.name(), size), exact);
        apartInPeft += distance(all(golden, "rounded." + factor.name(), size), exact);
        moved += distance(all(golden, "before." + factor.name(), size), exact);
      }
      reporter.publishEntry(
          reference.model, apart / moved + " of the way, PEFT " + apartInPeft / moved);
      assertThat(apart / moved).isPositive().isLessThan(0.03);
      assertThat(loss).isEqualTo((losses[STEPS - 2] + losses[STEPS - 1]) / 2.0, within(2e-3));
      assertThat(adapter.factors().values())
          .allMatch(factor -> factor.getDataType() == DataType.FLOAT32);
    }
  }

  private static double distance(float[] some, float[] others) {
    double sum = 0;
    for (int i = 0; i < some.length; i++) {
      sum += Math.abs((double) some[i] - others[i]);
    }
    return sum;
  }

  @Test
  void movesNothingButTheFactors() {
    Reference reference = Reference.PHI3;
    try (Checkpoint golden = reference.golden();
        Checkpoint weights = Checkpoints.open(reference.folder());
        FamilyModel model = open(reference.folder(), weights)) {
      LowRankAdapter adapter = LowRankAdapter.attach(model, reference.method(), 1);

      train(adapter, golden);

      assertThat(model.parameters().values()).noneMatch(NDArray::hasGradient);
      model
          .tensors()
          .forEach(
              (name, spec) ->
                  assertThat(all(model, name, (int) spec.elements()))
                      .as(name)
                      .isEqualTo(all(weights, name, (int) spec.elements())));
    }
  }

  @Test
  void beginsAsTheBaseFromWhatTheSeedDraws() {
    Reference reference = Reference.GPT2;
    try (Checkpoint golden = reference.golden();
        Checkpoint weights = Checkpoints.open(reference.folder());
        FamilyModel model = open(reference.folder(), weights);
        FamilyModel again = open(reference.folder(), weights);
        FamilyModel other = open(reference.folder(), weights);
        NDManager scope = model.newScope()) {
      NDArray tokens = scope.create(new long[] {3, 9, 27, 4, 12}, new Shape(1, 5));
      float[] before = model.logits(tokens, scope).toFloatArray();

      LowRankAdapter adapter = LowRankAdapter.attach(model, reference.method(), 1);
      LowRankAdapter same = LowRankAdapter.attach(again, reference.method(), 1);
      LowRankAdapter differs = LowRankAdapter.attach(other, reference.method(), 2);

      assertThat(model.logits(tokens, scope).toFloatArray()).isEqualTo(before);
      String name = "base_model.model.transformer.h.0.attn.c_attn.lora_A.weight";
      float[] drawn = all(adapter, name, 3 * 32);
      assertThat(drawn).isEqualTo(all(same, name, 3 * 32));
      assertThat(drawn).isNotEqualTo(all(differs, name, 3 * 32));
      // A mean square is a third of the bound's.
      double squares = 0;
      for (float value : drawn) {
        assertThat(Math.abs(value)).isLessThanOrEqualTo((float) (1 / Math.sqrt(32)));
        squares += value * value;
      }
      assertThat(squares / drawn.length * 32 * 3).isBetween(0.6, 1.5);
      for (float value : all(golden, "before." + name, 3 * 32)) {
        assertThat(Math.abs(value)).as("PEFT's").isLessThanOrEqualTo((float) (1 / Math.sqrt(32)));
      }
    }
  }

  @Test
  void namesTargetsThatAFamilyLacks() {
    Family family = FamilyReader.read(Reference.LLAMA.folder().resolve(FamilyReader.FILE));

    assertThat(
            new LowRank(1, 1, List.of("q_proj", "lm_head", "1.mlp.up_proj", "proj"))
                .unknownTargets(family))
        .containsExactly("lm_head", "proj");
    assertThat(new LowRank(1, 1, List.of("1.mlp.up_proj")).updates(family)).hasSize(1);
    assertThat(new LowRank(1, 1, List.of()).updates(family)).hasSize(14);
  }

  private static void start(LowRankAdapter adapter, Checkpoint golden, Family family) {
    adapter
        .factors()
        .forEach(
            (name, factor) ->
                factor.set(all(golden, "before." + LowRank.stored(family, name), factor)));
  }

  private static double train(LowRankAdapter adapter, Checkpoint golden) {
    List<TokenWindow> windows = new ArrayList<>();
    int rows = golden.tensors().get("tokens").shape().get(0).intValue();
    int length = golden.tensors().get("tokens").shape().get(1).intValue();
    for (int row = 0; row < rows; row++) {
      long[] tokens = new long[length];
      golden.readIntegers("tokens", (long) row * length, tokens, length);
      int[] window = new int[length];
      for (int i = 0; i < length; i++) {
        window[i] = (int) tokens[i];
      }
      windows.addAll(TokenWindow.of(row, window, length));
    }
    FineTuning recipe = new FineTuning(new FineTuning.Steps(STEPS), rows, 2e-3, 3, 0.1, 0.01, 1);
    return adapter
        .tuner(recipe)
        .train(Mixture.subset(List.of("a")), new TreeMap<>(Map.of("a", windows)), 0, 1, step -> {});
  }

  private static FamilyModel open(Path folder, Checkpoint weights) {
    return open(folder, weights, Precision.FLOAT32);
  }

  private static FamilyModel open(Path folder, Checkpoint weights, Precision precision) {
    Family family = FamilyReader.ofBase(folder, weights.tensors().keySet());
    FamilyModel model = FamilyModel.open(family, precision, ComputeDevice.CPU);
    model.fill(weights, "base");
    return model;
  }

  private static float[] all(TensorSource source, String name, NDArray like) {
    return all(source, name, (int) like.size());
  }

  private static float[] all(TensorSource source, String name, int size) {
    float[] values = new float[size];
    source.read(name, 0, values, size);
    return values;
  }
}
