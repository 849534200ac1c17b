package org.mergetomix.report.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mergetomix.score.Estimate;

class DecimalsTest {

  @Test
  void showsTwoDigitsOfTheStandardError() {
    assertThat(Decimals.of(List.of(new Estimate(3.1, 0.012))).places()).isEqualTo(3);
    assertThat(Decimals.of(List.of(new Estimate(3.1, 0.001))).places()).isEqualTo(4);
    assertThat(Decimals.of(List.of(new Estimate(310, 25))).places()).isZero();
  }

  @Test
  void judgesByTheMedianSoThatOneErrorDecidesNothing() {
    List<Estimate> estimates =
        List.of(new Estimate(1, 1e-7), new Estimate(1, 0.02), new Estimate(1, 0.03));

    assertThat(Decimals.of(estimates).places()).isEqualTo(3);
  }

  @Test
  void passesOverErrorsThatAreNotKnown() {
    assertThat(Decimals.of(List.of(new Estimate(1, Double.NaN), new Estimate(1, 0))).places())
        .isEqualTo(3);
  }

  @Test
  void showsHalfOfThe95PercentInterval() {
    Decimals decimals = new Decimals(3);

    assertThat(decimals.format(new Estimate(3.1, 0.01))).isEqualTo("3.100 ± 0.020");
    assertThat(decimals.format(new Estimate(3.1, Double.NaN))).isEqualTo("3.100");
    assertThat(decimals.format(new Estimate(Double.NaN, 0.01))).isEqualTo("–");
  }

  @Test
  void signsOnlyWhatIsNotZeroWhenRounded() {
    Decimals decimals = new Decimals(2);

    assertThat(decimals.format(-0.001)).isEqualTo("0.00");
    assertThat(decimals.formatSigned(0.001)).isEqualTo("0.00");
    assertThat(decimals.formatSigned(0.25)).isEqualTo("+0.25");
    assertThat(decimals.formatSigned(-0.25)).isEqualTo("−0.25");
  }
}
