package org.mergetomix.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ExpectedImprovementTest {

  @Test
  void isTheMeanGainOverTheBest() {
    ExpectedImprovement improvement = new ExpectedImprovement(2, 0);

    assertThat(improvement.of(new Prediction(1.5, 0))).isEqualTo(.5);
    assertThat(improvement.of(new Prediction(2.5, 0))).isZero();
    assertThat(improvement.of(new Prediction(2, 1)))
        .isCloseTo(1 / Math.sqrt(2 * Math.PI), within(1e-12));
    assertThat(improvement.of(new Prediction(1.5, 1))).isGreaterThan(.5);
    assertThat(new ExpectedImprovement(2, 1).of(new Prediction(2, 0)))
        .isCloseTo(1 / Math.sqrt(2 * Math.PI), within(1e-12));
  }
}
