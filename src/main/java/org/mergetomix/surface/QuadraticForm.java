package org.mergetomix.surface;

/**
 * A quadratic in the merge weights: constant + b·w + c·ρ + Σ_{i<j} B_ij w_i w_j. Immutable.
 *
 * <p>Arrays are kept, not copied.
 */
final class QuadraticForm {

  private final double constant;
  private final double[] main;
  private final double[][] products;

  /**
   * A quadratic.
   *
   * @param main b, and c after its last
   * @param products B, symmetric, 0 on the diagonal
   */
  QuadraticForm(double constant, double[] main, double[][] products) {
    this.constant = constant;
    this.main = main;
    this.products = products;
  }

  Walk walk(double[] start) {
    return new FormWalk(start.clone());
  }

  /** Sums that are enough to know the value after any change of two weights. */
  private final class FormWalk implements Walk {

    private final double[] weights;
    private final double[] productRows;
    private double sum;
    private double linear;
    private double squares;
    private double pairs;

    FormWalk(double[] weights) {
      this.weights = weights;
      productRows = new double[weights.length];
      restart();
    }

    private void restart() {
      sum = 0;
      linear = 0;
      squares = 0;
      pairs = 0;
      for (int i = 0; i < weights.length; i++) {
        productRows[i] = Cholesky.dot(products[i], weights, weights.length);
        sum += weights[i];
        linear += main[i] * weights[i];
        squares += weights[i] * weights[i];
        pairs += weights[i] * productRows[i] / 2;
      }
    }

    @Override
    public double mean() {
      return value(sum, linear, squares, pairs);
    }

    @Override
    public double meanAfter(int first, double firstChange, int second, double secondChange) {
      return value(
          sum + firstChange + secondChange,
          linear + main[first] * firstChange + main[second] * secondChange,
          squares
              + (2 * weights[first] + firstChange) * firstChange
              + (2 * weights[second] + secondChange) * secondChange,
          pairs
              + productRows[first] * firstChange
              + productRows[second] * secondChange
              + products[first][second] * firstChange * secondChange);
    }

    @Override
    public void move(int first, double firstChange, int second, double secondChange) {
      weights[first] += firstChange;
      weights[second] += secondChange;
      restart();
    }

    private double value(double total, double linearSum, double squareSum, double pairSum) {
      return constant
          + linearSum / total
          + (main[weights.length] * squareSum + pairSum) / (total * total);
    }
  }
}
