package org.mergetomix.config;

import java.io.Serializable;
import java.math.BigDecimal;

/**
 * A number that may be left to whoever uses it. Immutable.
 *
 * @param value NaN for {@link #AUTO}
 */
public record NumberOrAuto(double value) implements Serializable {

  /** No number is given. */
  public static final NumberOrAuto AUTO = new NumberOrAuto(Double.NaN);

  /** A given number. */
  public static NumberOrAuto of(double value) {
    return new NumberOrAuto(value);
  }

  /** The number in plain notation, or {@code auto}. */
  @Override
  public String toString() {
    return Double.isNaN(value) ? "auto" : BigDecimal.valueOf(value).toPlainString();
  }
}
