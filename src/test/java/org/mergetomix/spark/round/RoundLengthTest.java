package org.mergetomix.spark.round;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RoundLengthTest {

  @Test
  void startsWithSixteenForEachSlot() {
    assertThat(RoundLength.first(1).mixtures()).isEqualTo(32);
    assertThat(RoundLength.first(100).mixtures()).isEqualTo(1600);
  }

  @Test
  void aimsAtTwentySeconds() {
    RoundLength hundred = new RoundLength(100, 32);

    assertThat(hundred.after(Duration.ofSeconds(5)).mixtures()).isEqualTo(400);
    assertThat(hundred.after(Duration.ofSeconds(20)).mixtures()).isEqualTo(100);
    assertThat(hundred.after(Duration.ofSeconds(40)).mixtures()).isEqualTo(50);
  }

  @Test
  void growsAtMostEightfold() {
    assertThat(new RoundLength(100, 32).after(Duration.ZERO).mixtures()).isEqualTo(800);
  }

  @Test
  void neverFallsBelowTheFirst() {
    RoundLength first = RoundLength.first(2);

    assertThat(first.after(Duration.ofHours(1))).isEqualTo(first);
  }

  @Test
  void takesASmallRestAlong() {
    RoundLength hundred = new RoundLength(100, 32);

    assertThat(hundred.of(40)).isEqualTo(40);
    assertThat(hundred.of(150)).isEqualTo(150);
    assertThat(hundred.of(151)).isEqualTo(100);
  }

  @Test
  void isBoundedOnTheLargestCluster() {
    RoundLength length = RoundLength.first(64);
    for (int round = 0; round < 20; round++) {
      length = length.after(Duration.ZERO);
    }

    assertThat(length.mixtures()).isEqualTo(65_536);
  }
}
