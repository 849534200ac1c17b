package org.mergetomix.report.chart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FiguresTest {

  @Test
  void groupsDigitsAndCountsInWords() {
    assertThat(Figures.count(1234567)).isEqualTo("1\u202F234\u202F567");
    assertThat(Figures.count(1, "mixture")).isEqualTo("1 mixture");
    assertThat(Figures.count(255, "mixture")).isEqualTo("255 mixtures");
  }

  @Test
  void showsADecimalOfSmallSharesOnly() {
    assertThat(Figures.percent(0.0213)).isEqualTo("2.1\u00A0%");
    assertThat(Figures.percent(0.0999)).isEqualTo("10\u00A0%");
    assertThat(Figures.percent(0.8)).isEqualTo("80\u00A0%");
    assertThat(Figures.percent(Double.NaN)).isEqualTo("–");
  }

  @Test
  void carriesRoundedSecondsAndMinutesOver() {
    assertThat(Figures.duration(0.417)).isEqualTo("0.42\u00A0s");
    assertThat(Figures.duration(59.4)).isEqualTo("59\u00A0s");
    assertThat(Figures.duration(59.9)).isEqualTo("1\u00A0min 00\u00A0s");
    assertThat(Figures.duration(242)).isEqualTo("4\u00A0min 02\u00A0s");
    assertThat(Figures.duration(3599.6)).isEqualTo("1\u00A0h 00\u00A0min");
  }
}
