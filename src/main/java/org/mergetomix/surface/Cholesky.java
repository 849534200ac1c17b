package org.mergetomix.surface;

import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;

/** The lower triangle whose product with its transpose is a positive definite matrix. Immutable. */
public final class Cholesky {

  private static final double SYMMETRY = 1e-9;

  private final double[][] lower;

  private Cholesky(double[][] lower) {
    this.lower = lower;
  }

  /**
   * Factors a matrix.
   *
   * @param matrix symmetric, positive definite, n × n
   * @throws org.apache.commons.math3.linear.NonPositiveDefiniteMatrixException if it is not
   */
  public static Cholesky of(double[][] matrix) {
    return new Cholesky(
        new CholeskyDecomposition(new Array2DRowRealMatrix(matrix, false), SYMMETRY, 0)
            .getL()
            .getData());
  }

  /** The factor of the matrix with one more row and column. */
  Cholesky extended(double[] cross, double self) {
    double[] row = Arrays.copyOf(forward(cross), cross.length + 1);
    row[cross.length] = Math.sqrt(Math.max(1e-12, self - dot(row, row, cross.length)));
    double[][] longer = Arrays.copyOf(lower, lower.length + 1);
    longer[lower.length] = row;
    return new Cholesky(longer);
  }

  /** Solves with the lower triangle alone. */
  public double[] forward(double[] right) {
    double[] solution = new double[lower.length];
    for (int i = 0; i < lower.length; i++) {
      solution[i] = (right[i] - dot(lower[i], solution, i)) / lower[i][i];
    }
    return solution;
  }

  /** Solves with the matrix. */
  public double[] solve(double[] right) {
    double[] solution = forward(right);
    for (int i = lower.length - 1; i >= 0; i--) {
      solution[i] /= lower[i][i];
      for (int j = 0; j < i; j++) {
        solution[j] -= lower[i][j] * solution[i];
      }
    }
    return solution;
  }

  /** The logarithm of the determinant. */
  public double logDeterminant() {
    double sum = 0;
    for (int i = 0; i < lower.length; i++) {
      sum += 2 * Math.log(lower[i][i]);
    }
    return sum;
  }

  /** The diagonal of the inverse. */
  public double[] inverseDiagonal() {
    int size = lower.length;
    double[] diagonal = new double[size];
    double[] column = new double[size];
    for (int unit = 0; unit < size; unit++) {
      column[unit] = 1 / lower[unit][unit];
      double squares = column[unit] * column[unit];
      for (int i = unit + 1; i < size; i++) {
        double sum = 0;
        for (int j = unit; j < i; j++) {
          sum += lower[i][j] * column[j];
        }
        column[i] = -sum / lower[i][i];
        squares += column[i] * column[i];
      }
      diagonal[unit] = squares;
    }
    return diagonal;
  }

  static double dot(double[] first, double[] second, int length) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += first[i] * second[i];
    }
    return sum;
  }
}
