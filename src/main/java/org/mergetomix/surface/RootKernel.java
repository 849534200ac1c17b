package org.mergetomix.surface;

import java.util.Arrays;

/**
 * A constant and a Gaussian of the distance between the square roots of merge weights, which lie on
 * a sphere. It assumes smoothness only, so it is for scores that are not quadratic.
 */
final class RootKernel implements Kernel {

  private static final double CONSTANT_VARIANCE = 100;

  private final double variance;
  private final double rate;

  /**
   * A kernel.
   *
   * @param length the distance over which scores stay alike, above 0
   * @param deviation of scores far apart, above 0
   */
  RootKernel(double length, double deviation) {
    variance = deviation * deviation;
    rate = 1 / (length * length);
  }

  @Override
  public double[] prepare(double[] weights) {
    return Arrays.stream(weights).map(Math::sqrt).toArray();
  }

  @Override
  public double between(double[] first, double[] second) {
    return covariance(Cholesky.dot(first, second, first.length));
  }

  @Override
  public Walk walk(double[][] prepared, double[] factors, Scale scale, double[] start) {
    return new RootWalk(prepared, factors, scale, start.clone());
  }

  private double covariance(double cosine) {
    return CONSTANT_VARIANCE + variance * Math.exp(-rate * (1 - cosine));
  }

  /** Keeps the inner product with each observation. */
  private final class RootWalk implements Walk {

    private final double[][] roots;
    private final double[] factors;
    private final Scale scale;
    private final double[] weights;
    private final double[] inner;
    private double sum;

    RootWalk(double[][] roots, double[] factors, Scale scale, double[] weights) {
      this.roots = roots;
      this.factors = factors;
      this.scale = scale;
      this.weights = weights;
      inner = new double[roots.length];
      restart();
    }

    private void restart() {
      double[] prepared = prepare(weights);
      sum = Arrays.stream(weights).sum();
      for (int i = 0; i < inner.length; i++) {
        inner[i] = Cholesky.dot(prepared, roots[i], prepared.length);
      }
    }

    @Override
    public double mean() {
      return meanAfter(0, 0, 0, 0);
    }

    @Override
    public double meanAfter(int first, double firstChange, int second, double secondChange) {
      double total = Math.sqrt(sum + firstChange + secondChange);
      double firstRoot = rootChange(first, firstChange);
      double secondRoot = rootChange(second, secondChange);
      double mean = 0;
      for (int i = 0; i < inner.length; i++) {
        double changed = inner[i] + firstRoot * roots[i][first] + secondRoot * roots[i][second];
        mean += factors[i] * covariance(changed / total);
      }
      return scale.score(mean);
    }

    @Override
    public void move(int first, double firstChange, int second, double secondChange) {
      weights[first] = Math.max(0, weights[first] + firstChange);
      weights[second] = Math.max(0, weights[second] + secondChange);
      restart();
    }

    private double rootChange(int dataset, double change) {
      return Math.sqrt(Math.max(0, weights[dataset] + change)) - Math.sqrt(weights[dataset]);
    }
  }
}
