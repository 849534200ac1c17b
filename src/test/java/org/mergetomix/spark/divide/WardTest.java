package org.mergetomix.spark.divide;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WardTest {

  private static double[] at(double x) {
    return new double[] {x};
  }

  @Test
  void joinsTheTwoThatAddLeastByTheirSizesToo() {
    // 100 · 1 / 101 · 4 is less than 100 · 100 / 200 · 1: a far but small one goes first.
    List<double[]> left = Ward.centres(List.of(at(0), at(1), at(-2)), List.of(100L, 100L, 1L), 2);

    assertThat(left).containsExactly(at(-2.0 / 101), at(1));
  }

  @Test
  void knowsTheCostOfWhatItJoinedBefore() {
    List<double[]> left =
        Ward.centres(List.of(at(0), at(1), at(10), at(12), at(30)), List.of(1L, 1L, 1L, 1L, 1L), 2);

    assertThat(left).containsExactly(at(5.75), at(30));
  }

  @Test
  void leavesFewAlone() {
    assertThat(Ward.centres(List.of(at(3), at(4)), List.of(5L, 6L), 7))
        .containsExactly(at(3), at(4));
  }
}
