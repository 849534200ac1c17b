package org.mergetomix.surface;

/**
 * A model of the score over merge weights, with errors. Weights are those of {@link Axes}. Lower
 * scores are better. Immutable, so safe to share between threads.
 */
public interface Surface {

  /** What kind of model it is, for people. */
  String name();

  /** The expected score of a mixture. */
  double mean(double[] weights);

  /** The expected score of a mixture and how sure it is. */
  Prediction predict(double[] weights);

  /**
   * The expectation of a linear combination of scores, errors of the mixtures together.
   *
   * @param coefficients a factor per mixture
   * @param weights the weights of each mixture
   */
  Prediction combination(double[] coefficients, double[][] weights);

  /**
   * The mean as a weighted sum of the observed scores: a factor per observation, in the order in
   * which they were given; the factors sum to 1. With scores of one example in place of the
   * observed scores it predicts that example.
   */
  double[] smoother(double[] weights);

  /** Observed minus predicted, per observation. */
  double[] residuals();

  /** Observed minus what is predicted from all other observations, per observation. */
  double[] leaveOneOutResiduals();

  /** The mean along a path that starts at these weights. */
  Walk walk(double[] start);

  /**
   * This surface as it would be with one more observation, its constants unchanged. Residuals are
   * of no use there.
   */
  Surface with(double[] weights, double score);
}
