package org.mergetomix.surface;

import java.util.ArrayList;
import java.util.List;

/** Fits the Gaussian process on the square roots of the merge weights. */
public final class RootProcess {

  private static final double[] LENGTHS = {.25, .4, .6, .9, 1.4, 2.2};
  private static final double[] DEVIATIONS = {.5, 1, 2, 4, 8};
  private static final double[] NOISES = {.003, .01, .03, .1, .2, .4};

  private RootProcess() {}

  /**
   * Fits the surface; length, deviation and noise are those under which the observed scores are
   * most probable.
   *
   * @param observations at least one, each mixture once
   */
  public static Surface fit(Axes axes, List<Observation> observations) {
    List<RootKernel> kernels = new ArrayList<>();
    for (double length : LENGTHS) {
      for (double deviation : DEVIATIONS) {
        kernels.add(new RootKernel(length, deviation));
      }
    }
    double[][] points =
        observations.stream()
            .map(seen -> kernels.get(0).prepare(axes.weights(seen.mixture())))
            .toArray(double[][]::new);
    Evidence evidence = new Evidence(observations);
    Evidence.Choice<RootKernel> best = evidence.choose(kernels, points, NOISES);
    return new KernelSurface(
        "Gaussian process on the square roots of the merge weights",
        best.kernel(),
        evidence.scale(),
        points,
        observations.stream().mapToDouble(Observation::score).toArray(),
        evidence.noise(best.noise()));
  }
}
