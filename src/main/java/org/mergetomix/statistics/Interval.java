package org.mergetomix.statistics;

/**
 * A confidence interval.
 *
 * @param low its lower end
 * @param high its upper end
 * @param confidence the share of such intervals that hold the true value, 0 to 1
 */
public record Interval(double low, double high, double confidence) {}
