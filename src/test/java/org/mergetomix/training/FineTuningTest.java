package org.mergetomix.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.mergetomix.training.FineTuning.Epochs;
import org.mergetomix.training.FineTuning.Steps;

class FineTuningTest {

  @Test
  void stepsAreTheSameForEveryMixture() {
    assertThat(new Steps(120).steps(1, 64)).isEqualTo(120);
    assertThat(new Steps(120).steps(1_000_000, 1)).isEqualTo(120);
  }

  @Test
  void epochsPassOverAllWindows() {
    assertThat(new Epochs(1).steps(64, 64)).isEqualTo(1);
    assertThat(new Epochs(1).steps(65, 64)).isEqualTo(2);
    assertThat(new Epochs(5).steps(100, 64)).isEqualTo(8);
    assertThat(new Epochs(1).steps(1, 64)).isEqualTo(1);
    assertThat(new Epochs(100).steps(1L << 31, 1000)).isEqualTo(214_748_365);
    assertThatThrownBy(() -> new Epochs(1).steps(1L << 40, 1))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void risesLinearlyAndFallsAsACosine() {
    FineTuning recipe = new FineTuning(new Steps(120), 64, 5e-4, 20, 0.1, 0.01, 1.0);

    for (int step = 1; step <= 120; step++) {
      double expected =
          step <= 20
              ? 5e-4 * step / 20
              : 5e-5 + 4.5e-4 * (1 + Math.cos(Math.PI * (step - 20) / 100)) / 2;
      assertThat(recipe.learningRate(step, 120))
          .as("step %d", step)
          .isEqualTo(expected, within(1e-18));
    }
    assertThat(recipe.learningRate(1, 120)).isEqualTo(2.5e-5);
    assertThat(recipe.learningRate(20, 120)).isEqualTo(5e-4);
    assertThat(recipe.learningRate(120, 120)).isEqualTo(5e-5);
  }

  @Test
  void needsNoWarmUp() {
    FineTuning recipe = new FineTuning(new Steps(4), 64, 1, 0, 0.5, 0.01, 1.0);

    assertThat(recipe.learningRate(2, 4)).isEqualTo(0.75);
    assertThat(recipe.learningRate(4, 4)).isEqualTo(0.5);
  }

  @Test
  void warmsUpOnlyUntilTheLastStep() {
    FineTuning recipe = new FineTuning(new Steps(4), 64, 1, 20, 0.5, 0.01, 1.0);

    assertThat(recipe.learningRate(1, 4)).isEqualTo(1 / 3.0);
    assertThat(recipe.learningRate(3, 4)).isEqualTo(1);
    assertThat(recipe.learningRate(4, 4)).isEqualTo(0.5);
    assertThat(recipe.learningRate(1, 1)).isEqualTo(0.5);
  }

  @Test
  void staysAtTheTopWhenAllOfItIsLeft() {
    FineTuning recipe = new FineTuning(new Steps(9), 64, 3e-4, 0, 1, 0.01, 1.0);

    for (int step = 1; step <= 9; step++) {
      assertThat(recipe.learningRate(step, 9)).isEqualTo(3e-4);
    }
  }

  @Test
  void describesEverythingThatDecidesTheResult() {
    Locale usual = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      assertThat(new FineTuning(new Steps(120), 64, 5e-4, 20, 0.1, 0.01, 1.5).describe())
          .isEqualTo(
              FineTuning.VERSION
                  + " Full[] Steps[count=120] batch-size=64 learning-rate=5.0E-4 warmup-steps=20"
                  + " final-learning-rate-share=0.1 weight-decay=0.01 clip-norm=1.5");
    } finally {
      Locale.setDefault(usual);
    }
  }
}
