package org.mergetomix.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class CholeskyTest {

  private static final Offset<Double> CLOSE = within(1e-12);

  @Test
  void solvesAndKnowsDeterminantAndInverse() {
    Cholesky factored = Cholesky.of(new double[][] {{4, 2}, {2, 3}});

    assertThat(factored.solve(new double[] {8, 7}))
        .containsExactly(new double[] {1.25, 1.5}, CLOSE);
    assertThat(factored.logDeterminant()).isCloseTo(Math.log(8), CLOSE);
    assertThat(factored.inverseDiagonal()).containsExactly(new double[] {3 / 8.0, 4 / 8.0}, CLOSE);
  }

  @Test
  void oneMoreRowIsAsIfItHadBeenThereAtOnce() {
    double[][] matrix = {{4, 2, 1}, {2, 3, .5}, {1, .5, 5}};
    double[] right = {1, 2, 3};

    Cholesky longer =
        Cholesky.of(new double[][] {{4, 2}, {2, 3}}).extended(new double[] {1, .5}, 5);

    assertThat(longer.solve(right)).containsExactly(Cholesky.of(matrix).solve(right), CLOSE);
  }
}
