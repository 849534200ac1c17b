package org.mergetomix.surface;

/**
 * A surface's mean along a path on which one or two weights change at a time. Weights need not sum
 * to 1, the mean is that of the weights divided by their sum; so 1 for each member of a subset will
 * do. A look ahead costs no more than the number of observations. Not safe for use by several
 * threads.
 */
public interface Walk {

  /** The mean here. */
  double mean();

  /**
   * The mean if two weights changed; nothing changes.
   *
   * @param first a coordinate
   * @param firstChange what is added to its weight
   * @param second another coordinate, or the same with a change of 0
   * @param secondChange what is added to its weight
   */
  double meanAfter(int first, double firstChange, int second, double secondChange);

  /** Changes two weights, as {@link #meanAfter} says. */
  void move(int first, double firstChange, int second, double secondChange);
}
