package org.mergetomix.surface;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A Gaussian process over merge weights, its kernel and noise fixed. A Bayesian linear model is one
 * too, with the inner product of its columns as the kernel; so all of it takes memory for
 * observations × observations, whatever the number of columns.
 */
class KernelSurface implements Surface {

  private final String name;
  private final Kernel kernel;
  private final Scale scale;
  private final double[] scores;
  private final double[] noise;
  private final double[][] points;
  private final Cholesky factored;
  private final double[] factors;

  /** Fits to scores of prepared mixtures, with a noise variance for each in standardised units. */
  KernelSurface(
      String name, Kernel kernel, Scale scale, double[][] points, double[] scores, double[] noise) {
    this(name, kernel, scale, points, scores, noise, factor(kernel, points, noise));
  }

  KernelSurface(
      String name,
      Kernel kernel,
      Scale scale,
      double[][] points,
      double[] scores,
      double[] noise,
      Cholesky factored) {
    this.name = name;
    this.kernel = kernel;
    this.scale = scale;
    this.scores = scores;
    this.noise = noise;
    this.points = points;
    this.factored = factored;
    factors = factored.solve(Arrays.stream(scores).map(scale::standardised).toArray());
  }

  private static Cholesky factor(Kernel kernel, double[][] points, double[] noise) {
    double[][] matrix = gram(kernel, points);
    for (int i = 0; i < matrix.length; i++) {
      matrix[i][i] += noise[i];
    }
    return Cholesky.of(matrix);
  }

  /** The covariance of every two prepared mixtures. */
  static double[][] gram(Kernel kernel, double[][] points) {
    double[][] matrix = new double[points.length][points.length];
    for (int i = 0; i < points.length; i++) {
      for (int j = 0; j <= i; j++) {
        matrix[i][j] = kernel.between(points[i], points[j]);
        matrix[j][i] = matrix[i][j];
      }
    }
    return matrix;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double mean(double[] weights) {
    return scale.score(Cholesky.dot(cross(kernel.prepare(weights)), factors, factors.length));
  }

  @Override
  public Prediction predict(double[] weights) {
    double[] point = kernel.prepare(weights);
    return posterior(scale.offset(), cross(point), kernel.between(point, point));
  }

  @Override
  public Prediction combination(double[] coefficients, double[][] weights) {
    double[][] combined = Arrays.stream(weights).map(kernel::prepare).toArray(double[][]::new);
    double[] cross = new double[points.length];
    double self = 0;
    for (int i = 0; i < combined.length; i++) {
      for (int row = 0; row < cross.length; row++) {
        cross[row] += coefficients[i] * kernel.between(combined[i], points[row]);
      }
      for (int j = 0; j < combined.length; j++) {
        self += coefficients[i] * coefficients[j] * kernel.between(combined[i], combined[j]);
      }
    }
    return posterior(scale.offset() * Arrays.stream(coefficients).sum(), cross, self);
  }

  /** What is known of something whose prior covariances with the observations are these. */
  final Prediction posterior(double offset, double[] cross, double self) {
    double[] explained = factored.forward(cross);
    double variance = self - Cholesky.dot(explained, explained, explained.length);
    return new Prediction(
        offset + scale.unit() * Cholesky.dot(cross, factors, factors.length),
        scale.unit() * scale.unit() * variance);
  }

  @Override
  public double[] smoother(double[] weights) {
    double[] solved = factored.solve(cross(kernel.prepare(weights)));
    double rest = (1 - Arrays.stream(solved).sum()) / solved.length;
    return Arrays.stream(solved).map(factor -> factor + rest).toArray();
  }

  @Override
  public double[] residuals() {
    return IntStream.range(0, factors.length)
        .mapToDouble(i -> scale.unit() * noise[i] * factors[i])
        .toArray();
  }

  @Override
  public double[] leaveOneOutResiduals() {
    double[] inverse = factored.inverseDiagonal();
    return IntStream.range(0, factors.length)
        .mapToDouble(i -> scale.unit() * factors[i] / inverse[i])
        .toArray();
  }

  @Override
  public Walk walk(double[] start) {
    return kernel.walk(points, factors, scale, start);
  }

  @Override
  public Surface with(double[] weights, double score) {
    double[] point = kernel.prepare(weights);
    double typicalNoise = Arrays.stream(noise).min().orElseThrow();
    return new KernelSurface(
        name,
        kernel,
        scale,
        appended(points, point),
        appended(scores, score),
        appended(noise, typicalNoise),
        factored.extended(cross(point), kernel.between(point, point) + typicalNoise));
  }

  final double[][] points() {
    return points;
  }

  private double[] cross(double[] point) {
    return Arrays.stream(points).mapToDouble(other -> kernel.between(other, point)).toArray();
  }

  private static double[] appended(double[] values, double value) {
    double[] longer = Arrays.copyOf(values, values.length + 1);
    longer[values.length] = value;
    return longer;
  }

  private static double[][] appended(double[][] rows, double[] row) {
    double[][] longer = Arrays.copyOf(rows, rows.length + 1);
    longer[rows.length] = row;
    return longer;
  }
}
