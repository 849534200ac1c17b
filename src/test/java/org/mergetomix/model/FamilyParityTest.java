package org.mergetomix.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mergetomix.merge.MergeMethod;
import org.mergetomix.merge.MergeSettings;
import org.mergetomix.merge.Method;
import org.mergetomix.merge.PrefixMerger;
import org.mergetomix.merge.PreparedExperts;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.tensor.Checkpoint;

/** Every family and variant beside transformers, on the same weights. */
class FamilyParityTest {

  /** Float32: rounding only. */
  private static final double ROUNDING = 1e-5;

  private static final List<Integer> STOP = List.of(2, 17);

  /** Loading a graph takes longer than all that is done with it here. */
  private static final Map<TinyModel, FamilyModel> OPEN = new HashMap<>();

  private static FamilyModel float32(TinyModel tiny) {
    return OPEN.computeIfAbsent(tiny, model -> model.open(Precision.FLOAT32));
  }

  @AfterAll
  static void close() {
    OPEN.values().forEach(FamilyModel::close);
    OPEN.clear();
  }

  static List<TinyModel> models() {
    return TinyModel.all();
  }

  static List<TinyModel> adapted() {
    return TinyModel.all().stream().filter(TinyModel::hasAdapter).toList();
  }

  @ParameterizedTest
  @MethodSource("models")
  void givesTheLogitsOfTransformers(TinyModel tiny, TestReporter reporter) {
    FamilyModel model = float32(tiny);
    try (NDManager scope = model.newScope()) {
      NDArray tokens = tiny.integers("tokens", scope);
      double plain = difference(model.logits(tokens, scope), tiny.floats("logits"));

      NDArray mask = tiny.integers("mask", scope);
      NDArray real = mask.toType(DataType.FLOAT32, true).expandDims(2);
      float[] masked = model.logits(tokens, mask, scope).mul(real).toFloatArray();
      NDArray expected =
          scope.create(tiny.floats("masked_logits"), model.logits(tokens, scope).getShape());
      double padded = difference(expected.mul(real), masked);

      reporter.publishEntry(
          tiny.name(), String.format(Locale.ROOT, "logits %.1e padded %.1e", plain, padded));
      assertThat(plain).isLessThanOrEqualTo(ROUNDING);
      assertThat(padded).isLessThanOrEqualTo(ROUNDING);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void givesTheLossAndTheGradientsOfTransformers(TinyModel tiny, TestReporter reporter) {
    FamilyModel model = float32(tiny);
    try (NDManager scope = model.newScope()) {
      Trained trained = train(model, tiny, model.parameters(), scope);

      reporter.publishEntry(
          tiny.name(),
          String.format(
              Locale.ROOT,
              "loss %.7f of %.7f, gradient norm %.6f of %.6f",
              trained.loss,
              tiny.number("loss"),
              trained.gradientNorm,
              tiny.number("gradient_norm")));
      assertThat(trained.loss / tiny.number("loss")).isEqualTo(1, within(1e-5));
      assertThat(trained.gradientNorm / tiny.number("gradient_norm")).isEqualTo(1, within(1e-5));
    }
  }

  /** Beside a text as long as the row, which a rope may depend on. */
  @ParameterizedTest
  @MethodSource("models")
  void readsTextsInOneRowAsInRowsOfTheirOwn(TinyModel tiny) {
    FamilyModel model = float32(tiny);
    try (NDManager scope = model.newScope()) {
      NDArray whole = tiny.integers("tokens", scope).get(":1");
      long length = whole.getShape().get(1);
      long first = length / 3;
      long second = length / 2;
      long left = length - first - second;
      NDArray one = whole.get(":, :{}", first);
      NDArray other = whole.get(":, {}:{}", length - second, length);
      NDArray ones = whole.onesLike();
      NDArray rows = whole.concat(one.concat(other, 1).concat(whole.get(":, :{}", left), 1), 0);
      NDArray texts =
          ones.concat(
              ones.get(":, :{}", first)
                  .concat(ones.get(":, :{}", second).mul(2), 1)
                  .concat(ones.get(":, :{}", left).mul(0), 1),
              0);
      NDArray alone =
          whole
              .concat(one.concat(whole.get(":, :{}", length - first), 1), 0)
              .concat(other.concat(whole.get(":, :{}", length - second), 1), 0);

      NDArray packed = model.lossesWithGradients(rows, rows, texts, scope);
      NDArray unpacked = model.lossesWithGradients(alone, alone, scope);

      NDArray expected =
          unpacked
              .get("0")
              .concat(unpacked.get("1, :{}", first), 0)
              .concat(unpacked.get("2, :{}", second), 0);
      NDArray actual = packed.get("0").concat(packed.get("1, :{}", first + second), 0);
      assertThat(difference(actual, expected.toFloatArray())).isLessThanOrEqualTo(ROUNDING);
      NDArray mixed = model.lossesWithGradients(rows, rows, scope);
      assertThat(difference(mixed.get("1"), packed.get("1").toFloatArray())).isGreaterThan(1e-3);
    }
  }

  /** Written by a merge, as a search writes its surrogates. */
  @ParameterizedTest
  @MethodSource("models")
  void roundsInBfloat16NoMoreThanTransformers(TinyModel tiny, TestReporter reporter) {
    try (FamilyModel model =
            FamilyModel.open(tiny.family(), Precision.BFLOAT16, ComputeDevice.CPU);
        Checkpoint base = tiny.weights();
        NDManager scope = model.newScope()) {
      MergeMethod average = MergeMethod.of(MergeSettings.of(Method.AVERAGE), 1);
      new PrefixMerger(PreparedExperts.of(base, Map.of(), average), 0)
          .merge(Mixture.none(), Optional.empty(), model);
      float[] logits = model.logits(tiny.integers("tokens", scope), scope).toFloatArray();
      float[] exact = tiny.floats("logits");
      double error = 0;
      for (int i = 0; i < exact.length; i++) {
        error += Math.abs((double) logits[i] - exact[i]) / exact.length;
      }

      reporter.publishEntry(
          tiny.name(),
          String.format(
              Locale.ROOT,
              "bfloat16 error %.3e of %.3e: %.3f",
              error,
              tiny.number("bfloat16_error"),
              error / tiny.number("bfloat16_error")));
      assertThat(error).isPositive().isLessThanOrEqualTo(1.1 * tiny.number("bfloat16_error"));
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void generatesTheTokensOfTransformers(TinyModel tiny) {
    FamilyModel model = float32(tiny);
    List<int[]> masks = tiny.rows("mask");
    List<int[]> tokens = tiny.rows("tokens");
    List<int[]> prompts = new ArrayList<>();
    for (int row = 0; row < tokens.size(); row++) {
      int[] text = tokens.get(row);
      prompts.add(
          Arrays.copyOfRange(text, text.length - Arrays.stream(masks.get(row)).sum(), text.length));
    }

    List<int[]> generated = model.generate(prompts, new GreedyDecoding(STOP, 0, 12));

    List<int[]> expected = tiny.rows("generated").stream().map(FamilyParityTest::upToStop).toList();
    assertThat(generated).usingRecursiveComparison().isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("models")
  void scoresContinuationsAsWholeTexts(TinyModel tiny) {
    FamilyModel model = float32(tiny);
    List<int[]> choices = new ArrayList<>(tiny.rows("choices"));
    float[] expected = tiny.floats("continuations");
    // One that is shorter: only its own tokens count.
    choices.set(0, Arrays.copyOf(choices.get(0), 3));

    List<ContinuationScore> scores = model.continuations(tiny.rows("context").get(0), choices);

    for (int row = 0; row < choices.size(); row++) {
      double sum = 0;
      for (int at = 0; at < choices.get(row).length; at++) {
        sum += expected[row * 5 + at];
      }
      assertThat(scores.get(row).logProbability()).isEqualTo(sum, within(1e-4));
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void givesTheMeanHiddenStateOfTransformers(TinyModel tiny) {
    FamilyModel model = float32(tiny);
    try (NDManager scope = model.newScope()) {
      NDArray mean =
          model.meanHidden(tiny.integers("tokens", scope), tiny.integers("mask", scope), scope);

      assertThat(difference(mean, tiny.floats("mean_hidden"))).isLessThanOrEqualTo(ROUNDING);
    }
  }

  @ParameterizedTest
  @MethodSource("adapted")
  void addsAdaptersAsPeftDoes(TinyModel tiny, TestReporter reporter) {
    try (FamilyModel model = tiny.open(Precision.FLOAT32);
        Checkpoint adapter = tiny.adapter();
        NDManager scope = model.newScope()) {
      attach(model, adapter);

      NDArray logits = model.logits(tiny.integers("tokens", scope), scope);
      Trained trained = train(model, tiny, model.factors(), scope);

      reporter.publishEntry(
          tiny.name(),
          String.format(
              Locale.ROOT,
              "adapted logits %.1e, gradient norm %.6f of %.6f",
              difference(logits, tiny.floats("adapted_logits")),
              trained.gradientNorm,
              tiny.number("adapted_gradient_norm")));
      assertThat(difference(logits, tiny.floats("adapted_logits"))).isLessThanOrEqualTo(ROUNDING);
      assertThat(trained.gradientNorm / tiny.number("adapted_gradient_norm"))
          .isEqualTo(1, within(1e-5));
      assertThat(model.parameters().values())
          .as("the base has no gradients")
          .noneMatch(NDArray::hasGradient);
    }
  }

  private static void attach(FamilyModel model, Checkpoint adapter) {
    String front = "base_model.model.";
    model.attach(
        adapter.tensors().keySet().stream()
            .filter(name -> name.endsWith(".lora_A.weight"))
            .map(name -> name.substring(front.length(), name.length() - ".lora_A.weight".length()))
            .map(module -> new LowRankFactors(module, 3, 5.0 / 3))
            .toList());
    model
        .factors()
        .forEach(
            (name, array) -> {
              float[] values = new float[(int) array.size()];
              adapter.read(front + name, 0, values, values.length);
              array.set(values);
            });
  }

  /** A loss, and the norm of its gradients over some parameters. */
  private record Trained(double loss, double gradientNorm) {}

  private static Trained train(
      FamilyModel model, TinyModel tiny, Map<String, NDArray> parameters, NDManager scope) {
    parameters.values().forEach(parameter -> parameter.setRequiresGradient(true));
    NDArray tokens = tiny.integers("tokens", scope);
    double loss;
    try (GradientCollector collector = scope.getEngine().newGradientCollector()) {
      // The whole text is read, for a dynamic rope depends on its length.
      NDArray none = tokens.get(":, :1").onesLike().neg();
      NDArray targets = tokens.get(":, 1:").concat(none, 1);
      NDArray losses = model.lossesWithGradients(tokens, targets, scope);
      NDArray mean = losses.sum().div(targets.gte(0).sum().toType(DataType.FLOAT32, true));
      collector.backward(mean);
      loss = mean.getFloat();
    }
    double squares = 0;
    for (NDArray parameter : parameters.values()) {
      NDArray gradient = parameter.getGradient();
      gradient.attach(scope);
      squares += gradient.toType(DataType.FLOAT64, true).square().sum().getDouble();
      parameter.setRequiresGradient(false);
    }
    return new Trained(loss, Math.sqrt(squares));
  }

  private static int[] upToStop(int[] row) {
    for (int at = 0; at < row.length; at++) {
      if (STOP.contains(row[at])) {
        return Arrays.copyOf(row, at + 1);
      }
    }
    return row;
  }

  private static double difference(NDArray actual, float[] expected) {
    float[] values = actual.toFloatArray();
    assertThat(values).hasSameSizeAs(expected);
    double largest = 0;
    for (int i = 0; i < values.length; i++) {
      double difference = Math.abs((double) values[i] - expected[i]);
      // What is not a number is no small difference.
      largest = difference <= largest ? largest : difference;
    }
    return largest;
  }
}
