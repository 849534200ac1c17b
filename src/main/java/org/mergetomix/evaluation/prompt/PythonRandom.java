package org.mergetomix.evaluation.prompt;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.math3.random.MersenneTwister;

/**
 * Draws as Python's {@code random.Random} does, from the same seed the same. Not safe for use by
 * several threads.
 */
final class PythonRandom {

  /** Python copies lists up to this length and draws from the copy; it remembers longer draws. */
  private static final int COPIED = 21;

  private final MersenneTwister twister;

  /**
   * A generator.
   *
   * @param seed 0 or more
   */
  PythonRandom(int seed) {
    twister = new MersenneTwister(new int[] {seed});
  }

  /**
   * {@code random.sample}: some of a list, each place once, in the order in which they are drawn.
   *
   * @param count at most as many as there are
   */
  <T> List<T> sample(List<T> population, int count) {
    int size = population.size();
    int copied = COPIED;
    if (count > 5) {
      copied += (int) Math.pow(4, Math.ceil(Math.log(count * 3.0) / Math.log(4)));
    }
    return size <= copied ? ofCopy(population, count) : remembered(population, count);
  }

  private <T> List<T> ofCopy(List<T> population, int count) {
    List<T> left = new ArrayList<>(population);
    List<T> drawn = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int place = below(left.size() - i);
      drawn.add(left.get(place));
      left.set(place, left.get(left.size() - i - 1));
    }
    return drawn;
  }

  private <T> List<T> remembered(List<T> population, int count) {
    Set<Integer> places = new HashSet<>();
    List<T> drawn = new ArrayList<>();
    while (drawn.size() < count) {
      int place = below(population.size());
      if (places.add(place)) {
        drawn.add(population.get(place));
      }
    }
    return drawn;
  }

  /** A number from 0 to below the bound, which is 1 or more. */
  private int below(int bound) {
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(bound);
    int drawn = bound;
    while (drawn >= bound) {
      drawn = twister.nextInt() >>> (Integer.SIZE - bits);
    }
    return drawn;
  }
}
