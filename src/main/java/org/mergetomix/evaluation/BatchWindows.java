package org.mergetomix.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The windows of a block that are evaluated at once: neighbours in length, which need little
 * padding.
 *
 * @param places where they stand among the block's windows
 * @param windows the windows
 */
record BatchWindows(List<Integer> places, List<TokenWindow> windows) {

  /** What one more batch costs, in tokens: as many as a model sees in the time of a call. */
  private static final long BATCH_COST = 64;

  /**
   * The batches of a block's windows, shortest first; windows of one length keep their order. A
   * block has windows of all lengths, and few of each: of all ways to cut them, this is the one
   * with the fewest tokens and batches.
   *
   * @param largest the most windows in a batch
   */
  static List<BatchWindows> of(List<TokenWindow> block, int largest) {
    List<Integer> byLength =
        IntStream.range(0, block.size())
            .boxed()
            .sorted(Comparator.comparingInt(place -> block.get(place).length()))
            .toList();
    int[] lengths = byLength.stream().mapToInt(place -> block.get(place).length()).toArray();
    int[] starts = cheapestStarts(lengths, largest);
    List<BatchWindows> batches = new ArrayList<>();
    for (int end = lengths.length; end > 0; end = starts[end]) {
      List<Integer> places = byLength.subList(starts[end], end);
      batches.add(new BatchWindows(places, places.stream().map(block::get).toList()));
    }
    Collections.reverse(batches);
    return batches;
  }

  /** Where the last batch begins when the first windows, ascending in length, are cut best. */
  private static int[] cheapestStarts(int[] lengths, int largest) {
    int[] starts = new int[lengths.length + 1];
    long[] costs = new long[lengths.length + 1];
    Arrays.fill(costs, 1, costs.length, Long.MAX_VALUE);
    for (int end = 1; end <= lengths.length; end++) {
      for (int start = Math.max(0, end - largest); start < end; start++) {
        long cost = costs[start] + BATCH_COST + (long) (end - start) * lengths[end - 1];
        if (cost < costs[end]) {
          costs[end] = cost;
          starts[end] = start;
        }
      }
    }
    return starts;
  }
}
