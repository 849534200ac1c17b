package org.mergetomix.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class EstimateTest {

  @Test
  void itsMarginIsHalfOfA95PercentInterval() {
    assertThat(new Estimate(3, 0.5).margin()).isCloseTo(0.98, within(1e-15));
    assertThat(new Estimate(3, Double.NaN).margin()).isNaN();
  }

  @Test
  void errorsOfTasksAddInSquares() {
    Estimate mean = mean(List.of(new Estimate(1, 0.3), new Estimate(2, 0.4)), 1.0, 3.0);

    assertThat(mean.value()).isCloseTo(1.75, within(1e-15));
    assertThat(mean.standardError()).isCloseTo(Math.hypot(0.075, 0.3), within(1e-15));
  }

  @Test
  void oneTaskKeepsItsBits() {
    Estimate only = new Estimate(0.1234567890123, 0.0345678901234);

    assertThat(mean(List.of(only), 0.7)).isEqualTo(only);
  }

  @Test
  void anUnknownErrorStaysUnknown() {
    Estimate mean = mean(List.of(new Estimate(1, Double.NaN), new Estimate(3, 0.4)), 1.0, 1.0);

    assertThat(mean).isEqualTo(new Estimate(2, Double.NaN));
  }

  @Test
  void refusesWeightsThatWillNotDo() {
    assertThatThrownBy(() -> Estimate.shares(List.of(0.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A weight is positive and finite, not 0.0");
  }

  private static Estimate mean(List<Estimate> estimates, Double... weights) {
    return Estimate.mean(estimates, Estimate.shares(List.of(weights)));
  }
}
