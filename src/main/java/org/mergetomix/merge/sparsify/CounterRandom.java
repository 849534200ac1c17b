package org.mergetomix.merge.sparsify;

import org.mergetomix.folder.Digests;

/**
 * A random number for each element of a tensor, computed from its place and nothing else, so that a
 * mask does not depend on what was drawn before, where, or for whom.
 *
 * <p>The stream's key is the first 64 bits, big-endian, of the SHA-256 over the seed in decimal,
 * the dataset's id and the tensor's name, each preceded by its length as {@link Digests} does it.
 * Element {@code i} (from 0) gets SplitMix64's output for the state {@code key + (i + 1) ×
 * 0x9E3779B97F4A7C15}; its upper 53 bits are the number. Immutable.
 */
public final class CounterRandom {

  private static final long STEP = 0x9E3779B97F4A7C15L;

  private final long key;

  private CounterRandom(long key) {
    this.key = key;
  }

  /** The numbers of one expert's tensor. */
  public static CounterRandom of(long seed, String dataset, String tensor) {
    String digest = Digests.sha256(Long.toString(seed), dataset, tensor);
    return new CounterRandom(Long.parseUnsignedLong(digest.substring(0, 16), 16));
  }

  /** The element's number: at least 0 and below 1, with equal probability. */
  public double uniform(long element) {
    return (mixed(key + (element + 1) * STEP) >>> 11) * 0x1p-53;
  }

  private static long mixed(long state) {
    long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
