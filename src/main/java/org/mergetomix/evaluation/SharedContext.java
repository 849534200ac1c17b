package org.mergetomix.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Neighbouring windows of one example that ask for different continuations of the same context.
 *
 * @param places where they stand among the block's windows
 * @param given the tokens of the context
 * @param continuations the tokens of each continuation
 */
@SuppressWarnings("ArrayRecordComponent") // Read once, and never compared.
record SharedContext(List<Integer> places, int[] given, List<int[]> continuations) {

  /**
   * Tokens that are read in the time that two more calls take: fewer are not worth to be read once
   * in calls of their own.
   */
  private static final long CALLS = 128;

  /** The contexts of a block whose sharing saves time. */
  static List<SharedContext> of(List<TokenWindow> block) {
    List<SharedContext> shared = new ArrayList<>();
    for (int first = 0, next; first < block.size(); first = next) {
      int[] given = block.get(first).given();
      next = first + 1;
      while (next < block.size()
          && block.get(next).example() == block.get(first).example()
          && Arrays.equals(block.get(next).given(), given)) {
        next++;
      }
      if ((next - first - 1) * (long) given.length > CALLS) {
        List<Integer> places = new ArrayList<>();
        List<int[]> continuations = new ArrayList<>();
        for (int place = first; place < next; place++) {
          places.add(place);
          continuations.add(block.get(place).continuation());
        }
        shared.add(new SharedContext(List.copyOf(places), given, List.copyOf(continuations)));
      }
    }
    return List.copyOf(shared);
  }
}
