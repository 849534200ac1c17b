package org.mergetomix.model;

import java.util.List;

/**
 * How texts are continued: always with the likeliest token.
 *
 * @param stop tokens behind which a text ends
 * @param padding fills batches up; a token of the vocabulary
 * @param most how many tokens are produced at most; at least 1
 */
public record GreedyDecoding(List<Integer> stop, int padding, int most) {

  public GreedyDecoding {
    stop = List.copyOf(stop);
    if (most < 1) {
      throw new IllegalArgumentException("Nothing to produce: " + most);
    }
  }

  long[] stopTokens() {
    return stop.stream().mapToLong(Integer::longValue).toArray();
  }
}
