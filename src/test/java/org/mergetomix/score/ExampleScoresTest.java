package org.mergetomix.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExampleScoresTest {

  @Test
  void takesTheWeightsOfAnotherModelOnlyWhereTheyAreItsOwn() {
    ExampleScores scores = new ExampleScores(new double[] {1, 2}, new double[] {1, 3});
    ExampleScores same = new ExampleScores(new double[] {5, 6}, new double[] {1, 3});
    ExampleScores other = new ExampleScores(new double[] {5, 6}, new double[] {1, 4});

    assertThat(scores.sharingWeights(same)).isEqualTo(scores);
    assertThat(scores.sharingWeights(other)).isEqualTo(scores);
  }

  @Test
  void meanIsWeighted() {
    ExampleScores scores = scores(new double[] {1, 2, 4}, 1, 2, 5);

    // Residuals of the ratio, w (s - 25/8) / (8/3): -51/64, -54/64 and 105/64.
    double squares = (51.0 * 51 + 54 * 54 + 105 * 105) / (64 * 64);
    assertThat(scores.mean().value()).isEqualTo(25.0 / 8);
    assertThat(scores.mean().standardError()).isCloseTo(Math.sqrt(squares / 2 / 3), within(1e-15));
  }

  @Test
  void equalWeightsGiveTheTextbookError() {
    ExampleScores scores = scores(new double[] {3, 5, 10, 2}, 7, 7, 7, 7);

    assertThat(scores.mean().value()).isEqualTo(5.0);
    assertThat(scores.mean().standardError())
        .isCloseTo(Math.sqrt((4.0 + 0 + 25 + 9) / 3 / 4), within(1e-15));
  }

  @Test
  void aSingleExampleGivesNoError() {
    assertThat(scores(new double[] {3}, 7).mean()).isEqualTo(new Estimate(3, Double.NaN));
  }

  @Test
  void differenceIsPairedByExample() {
    ExampleScores one = scores(new double[] {10.5, 20.5, 30.5}, 1, 2, 3);
    ExampleScores other = scores(new double[] {10, 20, 30}, 1, 2, 3);

    assertThat(one.minus(other)).isEqualTo(new Estimate(0.5, 0));
    assertThat(other.minus(one)).isEqualTo(new Estimate(-0.5, 0));
    assertThat(one.minus(one)).isEqualTo(new Estimate(0, 0));
  }

  /** The error is right when it says how much means spread if examples are drawn anew. */
  @Test
  void errorMatchesTheSpreadOverSamples() {
    Random random = new Random(20250521);
    int samples = 4000;
    double[] means = new double[samples];
    double[] differences = new double[samples];
    double meanError = 0;
    double differenceError = 0;
    for (int sample = 0; sample < samples; sample++) {
      int examples = 200;
      double[] weights = new double[examples];
      double[] one = new double[examples];
      double[] other = new double[examples];
      for (int i = 0; i < examples; i++) {
        weights[i] = 3 + random.nextInt(30);
        // Short names are harder, so scores and weights go together.
        double hardness = 2 + 9 / weights[i] + random.nextGaussian();
        one[i] = hardness + 0.2 * random.nextGaussian();
        other[i] = hardness + 0.2 * random.nextGaussian() - 1 / weights[i];
      }
      ExampleScores scores = new ExampleScores(one, weights);
      Estimate difference = scores.minus(new ExampleScores(other, weights));
      means[sample] = scores.mean().value();
      differences[sample] = difference.value();
      meanError += scores.mean().standardError() / samples;
      differenceError += difference.standardError() / samples;
    }

    assertThat(meanError / spread(means)).isCloseTo(1, within(0.05));
    assertThat(differenceError / spread(differences)).isCloseTo(1, within(0.05));
    assertThat(differenceError).isLessThan(meanError / 2);
  }

  @Test
  void copiesWhatItIsGivenAndGives() {
    double[] values = {1, 2};
    double[] weights = {1, 1};
    ExampleScores scores = new ExampleScores(values, weights);
    values[0] = 9;
    weights[0] = 9;
    scores.scores()[1] = 9;
    scores.weights()[1] = 9;

    assertThat(scores)
        .isEqualTo(scores(new double[] {1, 2}, 1, 1))
        .hasSameHashCodeAs(scores(new double[] {1, 2}, 1, 1))
        .isNotEqualTo(scores(new double[] {1, 2}, 1, 2));
    assertThat(scores.size()).isEqualTo(2);
    assertThat(scores.scores()).containsExactly(1, 2);
    assertThat(scores.weights()).containsExactly(1, 1);
  }

  @Test
  void saysWhetherAllScoresAreNumbers() {
    assertThat(scores(new double[] {1, 2}, 1, 1).finite()).isTrue();
    assertThat(scores(new double[] {1, Double.NaN}, 1, 1).finite()).isFalse();
    assertThat(scores(new double[] {Double.POSITIVE_INFINITY, 1}, 1, 1).finite()).isFalse();
    assertThat(scores(new double[] {1, Double.NaN}, 1, 1).mean().value()).isNaN();
  }

  @Test
  void refusesWhatIsNotMeasuredOnTheSameExamples() {
    ExampleScores scores = scores(new double[] {1, 2}, 1, 1);

    assertThatThrownBy(() -> scores.minus(scores(new double[] {1, 2}, 1, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Scores of 2 and 2 examples differ in their weights");
    assertThatThrownBy(() -> scores(new double[] {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("0 example scores have 0 weights");
    assertThatThrownBy(() -> scores(new double[] {1}, 1, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1 example scores have 2 weights");
    for (double weight : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> scores(new double[] {1}, weight))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("positive and finite, not " + weight);
    }
  }

  private static ExampleScores scores(double[] scores, double... weights) {
    return new ExampleScores(scores, weights);
  }

  private static double spread(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    return Math.sqrt(squares / (values.length - 1));
  }
}
