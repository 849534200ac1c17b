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
   * The batches of a block's windows, shortest first; windows of one length keep their order.
   *
   * @param largest the most windows in a batch
   */
  static List<BatchWindows> of(List<TokenWindow> block, int largest) {
    return places(block.stream().map(TokenWindow::length).toList(), largest).stream()
        .map(places -> new BatchWindows(places, places.stream().map(block::get).toList()))
        .toList();
  }

  /**
   * The places of what is evaluated at once, by length. A block has lengths of all kinds, and few
   * of each: of all ways to cut them, this is the one with the fewest tokens and batches.
   *
   * @param lengths of what is to be evaluated
   * @param largest the most in a batch
   */
  static List<List<Integer>> places(List<Integer> lengths, int largest) {
    List<Integer> byLength =
        IntStream.range(0, lengths.size())
            .boxed()
            .sorted(Comparator.comparingInt(lengths::get))
            .toList();
    int[] sorted = byLength.stream().mapToInt(lengths::get).toArray();
    int[] starts = cheapestStarts(sorted, largest);
    List<List<Integer>> batches = new ArrayList<>();
    for (int end = sorted.length; end > 0; end = starts[end]) {
      batches.add(List.copyOf(byLength.subList(starts[end], end)));
    }
    Collections.reverse(batches);
    return List.copyOf(batches);
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
