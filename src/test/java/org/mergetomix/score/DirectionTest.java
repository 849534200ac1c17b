package org.mergetomix.score;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DirectionTest {

  @Test
  void ordersTheBestFirstAndNaNLast() {
    assertThat(Stream.of(2.0, Double.NaN, 1.0, 3.0).sorted(Direction.LOWER_IS_BETTER.bestFirst()))
        .containsExactly(1.0, 2.0, 3.0, Double.NaN);
    assertThat(Stream.of(2.0, Double.NaN, 1.0, 3.0).sorted(Direction.HIGHER_IS_BETTER.bestFirst()))
        .containsExactly(3.0, 2.0, 1.0, Double.NaN);
  }

  @Test
  void gainIsPositiveForTheBetterScore() {
    assertThat(Direction.LOWER_IS_BETTER.gain(1.5, 2)).isEqualTo(0.5);
    assertThat(Direction.HIGHER_IS_BETTER.gain(1.5, 2)).isEqualTo(-0.5);
  }
}
