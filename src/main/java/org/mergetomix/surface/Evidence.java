package org.mergetomix.surface;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How probable the observed scores are under a kernel and a noise: −½ tᵀA⁻¹t − ½ ln|A|, to a
 * constant.
 */
final class Evidence {

  private static final int ASKED = 200;

  private final Scale scale;
  private final double[] standardised;
  private final double[] knownNoise;

  /** The evidence of these scores. */
  Evidence(List<Observation> observations) {
    scale = Scale.of(observations.stream().mapToDouble(Observation::score).toArray());
    standardised =
        observations.stream().mapToDouble(seen -> scale.standardised(seen.score())).toArray();
    double unit = scale.unit() * scale.unit();
    knownNoise = observations.stream().mapToDouble(seen -> seen.variance() / unit).toArray();
  }

  Scale scale() {
    return scale;
  }

  /** The noise variance of each observation with this deviation beside its own error. */
  double[] noise(double deviation) {
    return Arrays.stream(knownNoise).map(known -> known + deviation * deviation).toArray();
  }

  /**
   * The kernel and the noise of the greatest evidence. Over the noise, the search ends at the first
   * step down. Of many observations every second, third, ... is asked: two numbers are learnt from
   * them, and time grows with the cube of how many there are.
   *
   * @param points the observed mixtures, prepared
   * @param noises deviations to choose from, ascending
   */
  <K extends Kernel> Choice<K> choose(List<K> kernels, double[][] points, double[] noises) {
    int stride = 1 + points.length / ASKED;
    double[][] asked = every(stride, points);
    Choice<K> best = new Choice<>(kernels.get(0), noises[0], Double.NEGATIVE_INFINITY);
    for (K kernel : kernels) {
      double[][] gram = KernelSurface.gram(kernel, asked);
      double last = Double.NEGATIVE_INFINITY;
      for (double noise : noises) {
        double value = of(gram, noise, stride);
        if (value < last) {
          break;
        }
        last = value;
        best = value > best.evidence() ? new Choice<>(kernel, noise, value) : best;
      }
    }
    return best;
  }

  private double of(double[][] gram, double deviation, int stride) {
    double[][] matrix = Arrays.stream(gram).map(double[]::clone).toArray(double[][]::new);
    for (int i = 0; i < matrix.length; i++) {
      matrix[i][i] += deviation * deviation + knownNoise[i * stride];
    }
    Cholesky factored = Cholesky.of(matrix);
    double[] scores = new double[matrix.length];
    Arrays.setAll(scores, i -> standardised[i * stride]);
    double[] explained = factored.forward(scores);
    return -Cholesky.dot(explained, explained, explained.length) / 2
        - factored.logDeterminant() / 2;
  }

  private static double[][] every(int stride, double[][] points) {
    return IntStream.range(0, points.length)
        .filter(i -> i % stride == 0)
        .mapToObj(i -> points[i])
        .toArray(double[][]::new);
  }

  /**
   * What was chosen.
   *
   * @param noise a deviation in standardised units
   */
  record Choice<K extends Kernel>(K kernel, double noise, double evidence) {}
}
