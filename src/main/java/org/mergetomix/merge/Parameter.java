package org.mergetomix.merge;

import org.mergetomix.problem.Range;

/** The numbers that merge methods have; {@link Method} says which has which. */
public enum Parameter {
  /** Share of the elements of a delta that are kept. */
  DENSITY("density", Range.aboveAndAtMost(0, 1)),
  /** What the merged delta is multiplied by. */
  LAMBDA("lambda", Range.ANY),
  /** How far probabilities of keeping an element go above and below the density. */
  EPSILON("epsilon", Range.from(0, 0.5)),
  /** Share of the elements of a tensor that are dropped because their magnitude is greatest. */
  GAMMA("gamma", Range.from(0, 0.99)),
  /** Share of the elements that are selected, of those that vary. */
  SELECT_TOP_K("select-top-k", Range.aboveAndAtMost(0, 1)),
  /** Factor of the first layer, for any method, where layers are scaled. */
  LINES_ALPHA("lines.alpha", Range.atLeast(0)),
  /** What the last layer's factor has more than the first's, likewise. */
  LINES_BETA("lines.beta", Range.ANY);

  /** What keys of layer scaling begin with. */
  public static final String LINES = "lines.";

  private final String key;

  @SuppressWarnings("ImmutableEnumChecker") // A range is immutable.
  private final Range range;

  Parameter(String key, Range range) {
    this.key = key;
    this.range = range;
  }

  /** Its key below {@code merge} in the configuration. */
  public String key() {
    return key;
  }

  /** Which values it may have, all of them finite. */
  public Range range() {
    return range;
  }

  /** Whether it belongs to the scaling of layers and not to a method. */
  public boolean ofLines() {
    return key.startsWith(LINES);
  }
}
