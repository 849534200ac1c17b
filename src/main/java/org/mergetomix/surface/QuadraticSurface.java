package org.mergetomix.surface;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * The Bayesian quadratic in the merge weights w and their concentration ρ = Σw². To second order a
 * model's loss is quadratic in what is added to its parameters, and so a surrogate's score in its
 * merge weights.
 *
 * <p>Prior variances: 100 for the constant, 9 for standardised w and ρ, τ² for products of two
 * weights; τ and the noise are those under which the observed scores are most probable.
 */
public final class QuadraticSurface extends KernelSurface {

  private static final double[] PRODUCT_DEVIATIONS = {.003, .01, .03, .1, .3, 1, 3};
  private static final double[] NOISES = {.003, .01, .03, .1, .2, .4};

  private final QuadraticKernel quadratic;
  private final double offset;

  private QuadraticSurface(
      QuadraticKernel kernel, Scale scale, double[][] points, double[] scores, double[] noise) {
    super("quadratic in the merge weights", kernel, scale, points, scores, noise);
    quadratic = kernel;
    offset = scale.offset();
  }

  /**
   * Fits the surface.
   *
   * @param observations at least one, each mixture once
   */
  public static QuadraticSurface fit(Axes axes, List<Observation> observations) {
    double[][] weights =
        observations.stream().map(seen -> axes.weights(seen.mixture())).toArray(double[][]::new);
    QuadraticColumns columns = new QuadraticColumns(weights);
    List<QuadraticKernel> kernels =
        DoubleStream.of(PRODUCT_DEVIATIONS)
            .mapToObj(deviation -> new QuadraticKernel(columns, deviation))
            .toList();
    double[][] points =
        Arrays.stream(weights).map(kernels.get(0)::prepare).toArray(double[][]::new);
    Evidence evidence = new Evidence(observations);
    Evidence.Choice<QuadraticKernel> best = evidence.choose(kernels, points, NOISES);
    return new QuadraticSurface(
        best.kernel(),
        evidence.scale(),
        points,
        observations.stream().mapToDouble(Observation::score).toArray(),
        evidence.noise(best.noise()));
  }

  /** The expectation of a linear combination of mixtures that is given by its features. */
  public Prediction estimate(QuadraticFeatures combined) {
    double[] cross =
        Arrays.stream(points()).mapToDouble(point -> quadratic.between(combined, point)).toArray();
    return posterior(offset * combined.constant(), cross, quadratic.variance(combined));
  }
}
