package org.mergetomix.surface;

/**
 * What a surface says of a mixture, or of a sum over mixtures.
 *
 * @param mean the expected value, in units of the score
 * @param variance of the surface around it, without the noise of an evaluation; 0 or more
 */
public record Prediction(double mean, double variance) {

  public Prediction {
    variance = Math.max(0, variance);
  }

  /** The error of the mean. */
  public double deviation() {
    return Math.sqrt(variance);
  }
}
