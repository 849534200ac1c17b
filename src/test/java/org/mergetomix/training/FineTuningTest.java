package org.mergetomix.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.training.FineTuning.Epochs;
import org.mergetomix.training.FineTuning.Shares;
import org.mergetomix.training.FineTuning.Steps;
import org.mergetomix.training.FineTuning.Tokens;

class FineTuningTest {

  @Test
  void stepsAreTheSameForEveryMixture() {
    assertThat(new Steps(120).steps(windows(1), 64)).isEqualTo(120);
    assertThat(new Steps(120).steps(windows(1_000), 1)).isEqualTo(120);
  }

  @Test
  void epochsPassOverAllWindows() {
    assertThat(new Epochs(1).steps(windows(64), 64)).isEqualTo(1);
    assertThat(new Epochs(1).steps(windows(65), 64)).isEqualTo(2);
    assertThat(new Epochs(5).steps(windows(100), 64)).isEqualTo(8);
    assertThat(new Epochs(1).steps(windows(1), 64)).isEqualTo(1);
    assertThatThrownBy(() -> new Epochs(Integer.MAX_VALUE).steps(windows(4), 1))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void tokensAreCountedAsTheyAreDrawn() {
    DrawnTokens drawn =
        new DrawnTokens(
            Mixture.subset(List.of("long", "short")),
            new TreeMap<>(Map.of("long", List.of(90), "short", List.of(10))),
            Shares.EXAMPLE,
            1);

    assertThat(new Tokens(1).steps(drawn, 2)).isEqualTo(1);
    assertThat(new Tokens(100).steps(drawn, 2)).isEqualTo(1);
    assertThat(new Tokens(101).steps(drawn, 2)).isEqualTo(2);
    assertThat(new Tokens(1_000).steps(drawn, 2)).isEqualTo(10);
  }

  private static DrawnTokens windows(int count) {
    return new DrawnTokens(
        Mixture.subset(List.of("a")),
        new TreeMap<>(Map.of("a", Collections.nCopies(count, 7))),
        Shares.EXAMPLE,
        1);
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
  void describesSharesAndPackingWhereTheyAreNotTheUsual() {
    FineTuning recipe =
        new FineTuning(
            new FineTuning.Full(),
            new Tokens(5_000),
            Shares.TOKEN,
            FineTuning.Packing.MASKED,
            64,
            64,
            5e-4,
            20,
            0.1,
            0.01,
            1.5);

    assertThat(recipe.describe())
        .contains("Tokens[count=5000]")
        .endsWith(" shares=TOKEN packing=MASKED");
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
