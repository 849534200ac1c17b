package org.mergetomix.table;

import java.util.Locale;

/** Whether a row holds a score or says why there is none. */
public enum RowStatus {
  OK,
  FAILED;

  /** How tables spell it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The status that tables spell this way. */
  public static RowStatus of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
