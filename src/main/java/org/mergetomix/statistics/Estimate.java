package org.mergetomix.statistics;

/**
 * A number and its error.
 *
 * @param value in the units of whatever it estimates
 * @param error its standard deviation, 0 or more; 0 where it is exact
 */
public record Estimate(double value, double error) {

  private static final double NORMAL_95 = 1.96;

  public Estimate {
    error = Math.max(0, error);
  }

  /** The lower end of the 95 % interval. */
  public double lower() {
    return value - NORMAL_95 * error;
  }

  /** The upper end of the 95 % interval. */
  public double upper() {
    return value + NORMAL_95 * error;
  }
}
