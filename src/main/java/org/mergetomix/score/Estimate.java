package org.mergetomix.score;

import java.io.Serializable;

/**
 * A number measured on a sample of examples.
 *
 * @param value the estimate
 * @param standardError its standard error, in the same unit; NaN when one example gives none
 */
public record Estimate(double value, double standardError) implements Serializable {}
