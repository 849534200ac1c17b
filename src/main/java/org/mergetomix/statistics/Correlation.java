package org.mergetomix.statistics;

/**
 * How two lists of scores move together.
 *
 * @param value the coefficient, -1 to 1; NaN when one of the lists is constant
 * @param interval its bootstrap interval over mixtures
 */
public record Correlation(double value, Interval interval) {}
