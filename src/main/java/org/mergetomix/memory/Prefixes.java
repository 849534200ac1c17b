package org.mergetomix.memory;

/**
 * The prefix sums of a slot.
 *
 * @param bytes the running sums of one prefix; 0 where the merge method keeps none
 * @param kept the most that are there at a time
 * @param useful the most that neighbouring mixtures have a use for; the rest is summed again
 */
public record Prefixes(long bytes, int kept, int useful) {

  /** As many as are asked for, and no more than are of use. */
  Prefixes keeping(int most) {
    return new Prefixes(bytes, Math.min(most, useful), useful);
  }

  /** All that are kept. */
  long all() {
    return bytes * kept;
  }
}
