package org.mergetomix.surface;

/**
 * The covariance that belongs to independent normal coefficients of 1, w, ρ and all w_i·w_j. Main
 * columns are standardised; products are centred and divided by one common deviation. The products
 * never stand in memory: their inner product is ((w·v)² − Σw²v²) / 2.
 *
 * <p>Prepared: weights, then standardised weights and ρ with their prior deviation, then the inner
 * product of the products with their means.
 */
final class QuadraticKernel implements Kernel {

  private static final double CONSTANT_VARIANCE = 100;
  private static final double MAIN_DEVIATION = 3;

  private final QuadraticColumns columns;
  private final int size;
  private final double productFactor;

  /**
   * The kernel of these columns.
   *
   * @param priorDeviation of the products' coefficients
   */
  QuadraticKernel(QuadraticColumns columns, double priorDeviation) {
    this.columns = columns;
    size = columns.datasets();
    productFactor = priorDeviation * priorDeviation / columns.productVariance();
  }

  @Override
  public double[] prepare(double[] weights) {
    double[] prepared = new double[2 * size + 2];
    System.arraycopy(weights, 0, prepared, 0, size);
    for (int i = 0; i < size; i++) {
      prepared[size + i] = MAIN_DEVIATION * (weights[i] - columns.mean(i)) / columns.deviation(i);
    }
    prepared[2 * size] =
        MAIN_DEVIATION
            * (Cholesky.dot(weights, weights, size) - columns.mean(size))
            / columns.deviation(size);
    prepared[2 * size + 1] = withProductMeans(weights);
    return prepared;
  }

  @Override
  public double between(double[] first, double[] second) {
    double inner = 0;
    double squares = 0;
    for (int i = 0; i < size; i++) {
      double product = first[i] * second[i];
      inner += product;
      squares += product * product;
    }
    double main = 0;
    for (int i = size; i <= 2 * size; i++) {
      main += first[i] * second[i];
    }
    double products =
        (inner * inner - squares) / 2
            - first[2 * size + 1]
            - second[2 * size + 1]
            + columns.productMeansSquared();
    return CONSTANT_VARIANCE + main + productFactor * products;
  }

  @Override
  public Walk walk(double[][] prepared, double[] factors, Scale scale, double[] start) {
    return form(prepared, factors, scale).walk(start);
  }

  /** The sum of covariances with prepared mixtures, written as a quadratic in the weights. */
  QuadraticForm form(double[][] prepared, double[] factors, Scale scale) {
    double sum = 0;
    double[] main = new double[size + 1];
    double[][] products = new double[size][size];
    for (int row = 0; row < prepared.length; row++) {
      double[] point = prepared[row];
      double factor = factors[row];
      sum += factor;
      for (int i = 0; i <= size; i++) {
        main[i] += factor * point[size + i];
      }
      for (int i = 0; i < size; i++) {
        if (point[i] != 0) {
          for (int j = 0; j < size; j++) {
            products[i][j] += factor * point[i] * point[j];
          }
        }
      }
    }
    double constant = CONSTANT_VARIANCE * sum;
    for (int i = 0; i <= size; i++) {
      main[i] *= MAIN_DEVIATION / columns.deviation(i);
      constant -= main[i] * columns.mean(i);
      main[i] *= scale.unit();
    }
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        double coefficient =
            i == j ? 0 : productFactor * (products[i][j] - sum * columns.productMeans(i)[j]);
        constant -= coefficient * columns.productMeans(i)[j] / 2;
        products[i][j] = scale.unit() * coefficient;
      }
    }
    return new QuadraticForm(scale.score(constant), main, products);
  }

  /** The covariance of a combination of mixtures with a prepared mixture. */
  double between(QuadraticFeatures combined, double[] point) {
    double main = 0;
    for (int i = 0; i <= size; i++) {
      main += standardised(combined, i) * point[size + i];
    }
    double products = 0;
    double meansWithMeans = 0;
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < i; j++) {
        double centred = combined.product(i, j) - combined.constant() * columns.productMeans(i)[j];
        products += centred * point[i] * point[j];
        meansWithMeans += centred * columns.productMeans(i)[j];
      }
    }
    return CONSTANT_VARIANCE * combined.constant()
        + main
        + productFactor * (products - meansWithMeans);
  }

  /** The prior variance of a combination of mixtures. */
  double variance(QuadraticFeatures combined) {
    double main = 0;
    for (int i = 0; i <= size; i++) {
      main += standardised(combined, i) * standardised(combined, i);
    }
    double products = 0;
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < i; j++) {
        double centred = combined.product(i, j) - combined.constant() * columns.productMeans(i)[j];
        products += centred * centred;
      }
    }
    return CONSTANT_VARIANCE * combined.constant() * combined.constant()
        + main
        + productFactor * products;
  }

  private double standardised(QuadraticFeatures combined, int column) {
    double value = column < size ? combined.weight(column) : combined.concentration();
    return MAIN_DEVIATION
        * (value - combined.constant() * columns.mean(column))
        / columns.deviation(column);
  }

  private double withProductMeans(double[] weights) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] != 0) {
        sum += weights[i] * Cholesky.dot(columns.productMeans(i), weights, weights.length);
      }
    }
    return sum / 2;
  }
}
