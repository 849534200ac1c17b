package org.mergetomix.surface;

import java.util.Arrays;

/**
 * How the columns of a quadratic are centred and scaled: w and ρ each by its own mean and
 * deviation, products of two weights by their own means and one common deviation.
 */
final class QuadraticColumns {

  private final double[] means;
  private final double[] deviations;
  private final double[][] productMeans;
  private final double productMeansSquared;
  private final double productVariance;

  /**
   * Columns of these mixtures.
   *
   * @param weights at least one mixture's
   */
  QuadraticColumns(double[][] weights) {
    int size = weights[0].length;
    double share = 1.0 / weights.length;
    means = new double[size + 1];
    double[] squares = new double[size + 1];
    productMeans = new double[size][size];
    double productSquares = 0;
    for (double[] row : weights) {
      double concentration = Cholesky.dot(row, row, size);
      double fourth = 0;
      for (int i = 0; i <= size; i++) {
        double value = i < size ? row[i] : concentration;
        means[i] += share * value;
        squares[i] += share * value * value;
      }
      for (int i = 0; i < size; i++) {
        fourth += row[i] * row[i] * row[i] * row[i];
        for (int j = 0; row[i] != 0 && j < size; j++) {
          productMeans[i][j] += i == j ? 0 : share * row[i] * row[j];
        }
      }
      productSquares += share * (concentration * concentration - fourth) / 2;
    }
    deviations = deviations(squares);
    double squaredMeans = 0;
    for (double[] row : productMeans) {
      squaredMeans += Cholesky.dot(row, row, size) / 2;
    }
    productMeansSquared = squaredMeans;
    double variance = (productSquares - squaredMeans) / Math.max(1, size * (size - 1) / 2.0);
    productVariance = variance > 1e-15 ? variance : 1;
  }

  /** A column that never varied gets the deviation of the others: nothing is known about it. */
  private double[] deviations(double[] squares) {
    double[] found = new double[means.length];
    for (int i = 0; i < found.length; i++) {
      found[i] = Math.sqrt(Math.max(0, squares[i] - means[i] * means[i]));
    }
    double usual = Arrays.stream(found).filter(value -> value > 1e-9).average().orElse(1);
    return Arrays.stream(found).map(value -> value > 1e-9 ? value : usual).toArray();
  }

  int datasets() {
    return means.length - 1;
  }

  /** The mean of a weight, or of ρ, which comes after the last weight. */
  double mean(int column) {
    return means[column];
  }

  /** The deviation of a weight, or of ρ; above 0. */
  double deviation(int column) {
    return deviations[column];
  }

  /** The means of the products of a dataset's weight with each other one; 0 with itself. */
  double[] productMeans(int dataset) {
    return productMeans[dataset];
  }

  /** The sum of squares of the products' means, each pair once. */
  double productMeansSquared() {
    return productMeansSquared;
  }

  /** The variance that all products are divided by; above 0. */
  double productVariance() {
    return productVariance;
  }
}
