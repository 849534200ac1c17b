package org.mergetomix.statistics.correction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetentionTest {

  @Test
  void isTheShareOfTheGainThatTheAverageKeeps() {
    Retention retention =
        Retention.of(
            List.of(
                new Retention.Losses("a", 3, 1, 2),
                new Retention.Losses("b", 2, 1, 3),
                new Retention.Losses("c", 2, 2.5, 1)));

    assertThat(retention.kept()).isEqualTo(Map.of("a", .5, "b", -1.0));
    assertThat(retention.mean()).isCloseTo((.5 - 1) / 2, within(1e-12));
    assertThat(retention.withoutGain()).containsExactly("c");
    assertThat(Retention.of(List.of()).mean()).isNaN();
  }
}
