package org.mergetomix.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.LiveModel;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
import org.mergetomix.testing.ByteTransformer;
import org.mergetomix.training.FineTuning.Steps;

class FineTunerTest {

  private static final Mixture MIXTURE = Mixture.subset(List.of("es", "fr"));
  private static final FineTuning RECIPE =
      new FineTuning(new Steps(10), 4, 2e-3, 3, 0.1, 0.01, 1.0);

  @Test
  void tellsTheStepsInTheirOrder() {
    List<Integer> steps = new ArrayList<>();

    train(RECIPE, 1, steps::add);

    assertThat(steps).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
  }

  @Test
  void givesTheSameBitsForTheSameSeed() {
    assertThat(train(RECIPE, 1, FineTunerTest::ignore))
        .isEqualTo(train(RECIPE, 1, FineTunerTest::ignore));
    assertThat(train(RECIPE, 2, FineTunerTest::ignore))
        .isNotEqualTo(train(RECIPE, 1, FineTunerTest::ignore));
  }

  @Test
  void givesTheSameBitsOnTwoThreads() throws Exception {
    List<float[]> alone =
        List.of(train(RECIPE, 1, FineTunerTest::ignore), train(RECIPE, 2, FineTunerTest::ignore));

    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      CyclicBarrier together = new CyclicBarrier(2);
      List<Future<float[]>> futures = new ArrayList<>();
      for (int seed = 1; seed <= 2; seed++) {
        int chosen = seed;
        futures.add(threads.submit(() -> train(RECIPE, chosen, step -> await(together))));
      }
      for (int i = 0; i < 2; i++) {
        assertThat(futures.get(i).get()).isEqualTo(alone.get(i));
      }
    } finally {
      threads.shutdown();
    }
  }

  /** Parts of a batch are padded each for itself, and have different numbers of tokens. */
  @Test
  void trainsOnPartsOfABatchAsOnTheWhole() {
    FineTuning whole = recipe(11, 11);
    FineTuning parts = recipe(11, 3);
    try (LiveModel model = ByteTransformer.load();
        LiveModel other = ByteTransformer.load()) {
      double loss = train(model, whole, 1, FineTunerTest::ignore);

      assertThat(train(other, parts, 1, FineTunerTest::ignore)).isEqualTo(loss, within(1e-5));
      assertThat(ByteTransformer.parameters(other))
          .isNotEqualTo(ByteTransformer.parameters(model))
          .containsExactly(ByteTransformer.parameters(model), within(1e-4f));
    }
    assertThat(parts.describe()).isEqualTo(whole.describe() + " micro-batch-size=3 by length");
  }

  @Test
  void drawsOtherWindowsForSharesOfTokens() {
    try (LiveModel model = ByteTransformer.load();
        LiveModel other = ByteTransformer.load()) {
      train(model, recipe(FineTuning.Shares.EXAMPLE, 11, 11), 1, FineTunerTest::ignore);
      train(other, recipe(FineTuning.Shares.TOKEN, 11, 11), 1, FineTunerTest::ignore);

      assertThat(ByteTransformer.parameters(other)).isNotEqualTo(ByteTransformer.parameters(model));
    }
  }

  private static FineTuning recipe(int batchSize, int microBatchSize) {
    return recipe(FineTuning.Shares.EXAMPLE, batchSize, microBatchSize);
  }

  private static FineTuning recipe(FineTuning.Shares shares, int batchSize, int microBatchSize) {
    return new FineTuning(
        new FineTuning.Full(),
        new Steps(5),
        shares,
        FineTuning.Packing.NONE,
        batchSize,
        microBatchSize,
        2e-3,
        1,
        0.1,
        0.01,
        1);
  }

  @Test
  void refusesToPackForAGraphThatTakesNoMask() {
    FineTuning packing =
        new FineTuning(
            new FineTuning.Full(),
            new Steps(1),
            FineTuning.Shares.EXAMPLE,
            FineTuning.Packing.MASKED,
            4,
            4,
            2e-3,
            1,
            0.1,
            0.01,
            1);
    try (LiveModel model = ByteTransformer.load()) {
      assertThatThrownBy(() -> train(model, packing, 1, FineTunerTest::ignore))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("training.packing");
    }
  }

  @Test
  void learns() {
    try (LiveModel model = ByteTransformer.load()) {
      double first =
          train(
              model, new FineTuning(new Steps(1), 11, 1e-9, 0, 1, 0, 1), 1, FineTunerTest::ignore);
      double last =
          train(
              model,
              new FineTuning(new Steps(40), 11, 3e-3, 5, 0.1, 0, 1),
              1,
              FineTunerTest::ignore);

      assertThat(first).isEqualTo(Math.log(259), within(0.5));
      assertThat(last).isLessThan(first / 2);
    }
  }

  @Test
  void startsFreshOnAModelThatWasTrainedBefore() {
    try (LiveModel model = ByteTransformer.load();
        LiveModel other = ByteTransformer.load()) {
      train(model, RECIPE, 2, FineTunerTest::ignore);
      for (String name : model.tensors().keySet()) {
        float[] parameter = ByteTransformer.parameter(other, name);
        model.write(name, 0, parameter, parameter.length);
      }

      train(model, RECIPE, 1, FineTunerTest::ignore);
      train(other, RECIPE, 1, FineTunerTest::ignore);

      assertThat(ByteTransformer.parameters(model)).isEqualTo(ByteTransformer.parameters(other));
    }
  }

  @Test
  void returnsTheMeanLossOfTheLastTenth() {
    // At a rate of nearly nothing, all batches have nearly the same loss.
    FineTuning still = new FineTuning(new Steps(30), 11, 1e-12, 0, 1, 0, 1);
    FineTuning once = new FineTuning(new Steps(1), 11, 1e-12, 0, 1, 0, 1);
    try (LiveModel model = ByteTransformer.load()) {
      assertThat(train(model, still, 1, FineTunerTest::ignore))
          .isEqualTo(train(model, once, 1, FineTunerTest::ignore), within(0.05));
    }
  }

  @Test
  void boundsTheNormOfTheGradients() {
    // Far below AdamW's epsilon of 1e-8, a first step is the gradients by rate / epsilon.
    FineTuning clipped = new FineTuning(new Steps(1), 11, 1, 0, 1, 0, 1e-10);

    assertThat(norm(change(clipped))).isEqualTo(1e-10 / 1e-8, within(1e-4));
  }

  @Test
  void leavesSmallGradientsAsTheyAre() {
    FineTuning far = new FineTuning(new Steps(1), 11, 1e-3, 0, 1, 0, 1e6);
    FineTuning farther = new FineTuning(new Steps(1), 11, 1e-3, 0, 1, 0, 1e9);

    assertThat(change(far)).isEqualTo(change(farther));
  }

  @Test
  void decaysWhatGetsNoGradient() {
    FineTuning decaying = new FineTuning(new Steps(1), 11, 1e-2, 0, 1, 0.5, 1);
    try (LiveModel model = ByteTransformer.load()) {
      float[] before = ByteTransformer.parameter(model, "tokens.weight");

      train(model, decaying, 1, FineTunerTest::ignore);

      // No text holds the byte 0, whose embedding comes first.
      float[] after = ByteTransformer.parameter(model, "tokens.weight");
      for (int i = 0; i < 64; i++) {
        assertThat(after[i]).isEqualTo(before[i] * (1 - 1e-2f * 0.5f), within(1e-8f));
      }
    }
  }

  @Test
  void saysThatTheLossIsNoNumber() {
    FineTuning tooFast = new FineTuning(new Steps(10), 4, 1e30, 0, 1, 0, 1);

    assertThatThrownBy(() -> train(tooFast, 1, FineTunerTest::ignore))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "The loss is no longer a number (NaN at step 2 of 10) (fine-tuning on es+fr)."
                + " Lower training.learning-rate, or raise training.warmup-steps.")
        .extracting(failure -> ((UserException) failure).exitCode())
        .isEqualTo(ExitCode.INPUT);
  }

  @Test
  void saysThatTheGradientsAreNoNumbers() {
    FineTuning one = new FineTuning(new Steps(1), 11, 1e-3, 0, 1, 0, 1);
    try (LiveModel model = ByteTransformer.load()) {
      float[] huge = new float[64];
      Arrays.fill(huge, 1e30f);
      model.write("final_norm.weight", 0, huge, huge.length);
      float[] before = ByteTransformer.parameters(model);

      assertThatThrownBy(() -> train(model, one, 1, FineTunerTest::ignore))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "The norm of the gradients is no longer a number (Infinity at step 1 of 1)"
                  + " (fine-tuning on es+fr). Lower training.learning-rate, or raise"
                  + " training.warmup-steps.");
      assertThat(ByteTransformer.parameters(model)).isEqualTo(before);
    }
  }

  @Test
  void givesAllItsMemoryBack() {
    try (LiveModel model = ByteTransformer.load();
        NDManager scope = model.newScope()) {
      int before = scope.getParentManager().getManagedArrays().size();

      train(model, RECIPE, 1, FineTunerTest::ignore);

      assertThat(scope.getParentManager().getManagedArrays()).hasSize(before);
    }
  }

  private static float[] train(FineTuning recipe, long seed, IntConsumer progress) {
    try (LiveModel model = ByteTransformer.load()) {
      train(model, recipe, seed, progress);
      return ByteTransformer.parameters(model);
    }
  }

  private static double train(LiveModel model, FineTuning recipe, long seed, IntConsumer progress) {
    return new FineTuner(model, recipe)
        .train(MIXTURE, TinyData.spanishAndFrench(), TinyData.TOKENIZER.padding(), seed, progress);
  }

  private static double[] change(FineTuning recipe) {
    try (LiveModel model = ByteTransformer.load()) {
      float[] before = ByteTransformer.parameters(model);
      train(model, recipe, 1, FineTunerTest::ignore);
      float[] after = ByteTransformer.parameters(model);
      double[] change = new double[before.length];
      for (int i = 0; i < change.length; i++) {
        change[i] = (double) after[i] - before[i];
      }
      return change;
    }
  }

  private static void ignore(int step) {}

  private static double norm(double[] values) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }

  private static void await(CyclicBarrier together) {
    try {
      together.await();
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }
}
