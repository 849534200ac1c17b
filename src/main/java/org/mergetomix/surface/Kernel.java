package org.mergetomix.surface;

/** The prior covariance of two mixtures' scores, scores having mean 0 and deviation 1. */
interface Kernel {

  /** What {@link #between} needs to know of a mixture's weights. */
  double[] prepare(double[] weights);

  /** The covariance of two prepared mixtures. */
  double between(double[] first, double[] second);

  /**
   * A walk on the sum of covariances with prepared mixtures.
   *
   * @param factors of the sum, one per mixture
   */
  Walk walk(double[][] prepared, double[] factors, Scale scale, double[] start);
}
