package org.mergetomix.mixture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ThousandthsTest {

  @Property(seed = "1")
  void sumToExactlyOne(@ForAll("weights") double[] weights) {
    assertThat(Arrays.stream(Thousandths.of(weights, .02)).sum()).isEqualTo(1000);
  }

  @Property(seed = "1")
  void areWithinOneOfTheExactShareWhereNothingIsLeftOut(@ForAll("weights") double[] weights) {
    double sum = Arrays.stream(weights).sum();
    int[] rounded = Thousandths.of(weights, 0);
    for (int i = 0; i < weights.length; i++) {
      assertThat(Math.abs(rounded[i] - 1000 * weights[i] / sum)).isLessThan(1);
    }
  }

  @Test
  void leaveOutSmallWeights() {
    assertThat(Thousandths.of(new double[] {.5, .015, .485}, .02)).containsExactly(508, 0, 492);
    assertThat(Thousandths.of(new double[] {1, 1, 1}, .02)).containsExactly(334, 333, 333);
    assertThat(Thousandths.of(new double[] {1, 1, 1}, .9)).containsExactly(334, 333, 333);
  }

  @Provide
  Arbitrary<double[]> weights() {
    return Arbitraries.doubles().between(0.01, 1).array(double[].class).ofMinSize(1).ofMaxSize(40);
  }
}
