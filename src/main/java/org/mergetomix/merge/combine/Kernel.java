package org.mergetomix.merge.combine;

import java.util.Optional;

/**
 * The arithmetic of one merge on chunks of elements, all in float32. One thread, but for {@link
 * #forAnotherThread}.
 *
 * <p>What is added for one dataset depends on nothing but its delta and its weight, so that
 * mixtures can share the sums of the datasets they begin with.
 */
public interface Kernel {

  /** How many running sums an element needs. */
  int sums();

  /**
   * Adds one dataset's delta to the running sums.
   *
   * @param sums at least {@link #sums()} arrays, updated at 0 to {@code length - 1}
   * @param delta the dataset's delta, prepared
   */
  void accumulate(float[][] sums, float[] delta, float weight, int length);

  /**
   * Turns the running sums of all datasets into the merged delta, and adds it to a target.
   *
   * @param sums as above; left as they are
   * @param factor what the merged delta is multiplied by
   * @param target what it is added to: the base
   */
  void finish(float[][] sums, float factor, float[] target, int length);

  /** The same arithmetic for another thread; what that sees counts as seen by this one. */
  default Kernel forAnotherThread() {
    return this;
  }

  /**
   * After all elements were seen once: how to do it again, if what was seen shows that it must be
   * done otherwise. Empty when the first pass stands.
   */
  default Optional<Kernel> secondThought() {
    return Optional.empty();
  }
}
