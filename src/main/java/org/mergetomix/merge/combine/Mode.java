package org.mergetomix.merge.combine;

import java.util.Locale;

/** Whose definition of a method is meant, where they differ. */
public enum Mode {
  /** As the method's authors define it. */
  PAPER,
  /** As mergekit computes it. */
  MERGEKIT;

  /** Its name in the configuration. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
