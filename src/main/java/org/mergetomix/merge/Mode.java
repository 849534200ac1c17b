package org.mergetomix.merge;

/** Whose definition of a method is meant, where they differ. */
public enum Mode {
  /** As the method's authors define it. */
  PAPER,
  /** As mergekit computes it. */
  MERGEKIT
}
