package org.mergetomix.report.chart;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ScaleTest {

  @Property(seed = "7")
  void ticksAreFewAndWithinTheScale(
      @ForAll @DoubleRange(min = -1e6, max = 1e6) double low,
      @ForAll @IntRange(min = 1, max = 1_000_000_000) int thousandths,
      @ForAll @IntRange(min = 3, max = 12) int most) {
    Scale scale = Scale.around(new Bounds(low, low + thousandths / 1000.0), 0, 100);

    double step = scale.step(most);
    assertThat(scale.ticks(step))
        .hasSizeBetween(1, most + 1)
        .allSatisfy(tick -> assertThat(scale.at(tick)).isBetween(-0.001, 100.001));
  }

  @Test
  void stepsAreOneTwoOrFive() {
    assertThat(new Scale(new Bounds(0, 1), 0, 100).step(5)).isEqualTo(0.2);
    assertThat(new Scale(new Bounds(0, 9), 0, 100).step(5)).isEqualTo(2);
    assertThat(new Scale(new Bounds(0, 12), 0, 100).step(3)).isEqualTo(5);
    assertThat(new Scale(new Bounds(0, 30), 0, 100).step(4)).isEqualTo(10);
  }

  @Test
  void givesRoomToASingleValue() {
    Scale scale = Scale.around(new Bounds(3.1, 3.1), 0, 100);

    assertThat(scale.at(3.1)).isBetween(49.999, 50.001);
  }
}
