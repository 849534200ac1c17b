package org.mergetomix.table;

import java.util.Locale;

/** Where a mixture stands beside the Pareto front over several tasks. */
public enum FrontPlace {
  /** On it: no mixture is as good on every task and better on one. */
  FRONT,
  /** Not on it, but no mixture of it is better on every task by more than 1.96 errors. */
  TIED,
  /** Some mixture of the front is better on every task by more than that. */
  BEHIND,
  /** There is one task, or it did not see every example. */
  UNTOLD;

  /** How tables spell it; {@link #UNTOLD} they leave empty. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The place that tables spell this way. */
  public static FrontPlace of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
