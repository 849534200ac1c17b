package org.mergetomix.mixture;

import java.math.BigDecimal;
import java.math.MathContext;

/** The shortest decimal text of a number; {@code Double.toString} of JDK 17 is not always that. */
final class ShortestDecimal {

  /** Enough to tell any two doubles apart. */
  private static final int MAXIMUM_DIGITS = 17;

  private ShortestDecimal() {}

  /**
   * The decimal with the fewest digits that reads back as {@code value}, which is finite and above
   * 0 and at most 1. Below 1e-6 it has an exponent: {@code 2.5E-7}.
   */
  static String of(double value) {
    BigDecimal exact = new BigDecimal(value);
    BigDecimal rounded = exact;
    for (int digits = 1; digits <= MAXIMUM_DIGITS; digits++) {
      rounded = exact.round(new MathContext(digits));
      if (rounded.doubleValue() == value) {
        break;
      }
    }
    return rounded.stripTrailingZeros().toString();
  }
}
