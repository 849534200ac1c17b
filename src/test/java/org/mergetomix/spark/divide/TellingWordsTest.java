package org.mergetomix.spark.divide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TellingWordsTest {

  @Test
  void haveDunningsRatio() {
    // 2 Σ seen ln(seen / expected) of the table 30, 70 / 10, 190.
    double expected =
        2
            * (30 * Math.log(30 / (40 / 3.0))
                + 70 * Math.log(70 / (260 / 3.0))
                + 10 * Math.log(10 / (80 / 3.0))
                + 190 * Math.log(190 / (520 / 3.0)));

    assertThat(TellingWords.ratio(30, 40, 100, 300)).isCloseTo(expected, within(1e-9));
  }

  @Test
  void areNoneThatAreMoreOftenElsewhere() {
    assertThat(TellingWords.ratio(10, 40, 100, 300)).isZero();
    assertThat(TellingWords.ratio(5, 5, 5, 5)).isZero();
  }
}
