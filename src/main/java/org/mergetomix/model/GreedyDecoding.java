package org.mergetomix.model;

import java.util.ArrayList;
import java.util.Arrays;
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

  /**
   * The rows of what was produced, each up to and with the first token that ends it.
   *
   * @param produced [rows, length], flat
   */
  List<int[]> texts(long[] produced, int rows) {
    int length = produced.length / rows;
    List<int[]> texts = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      int[] text =
          Arrays.stream(produced, row * length, (row + 1) * length)
              .mapToInt(Math::toIntExact)
              .toArray();
      int last = 0;
      while (last < length - 1 && !stop.contains(text[last])) {
        last++;
      }
      texts.add(Arrays.copyOf(text, last + 1));
    }
    return texts;
  }

  long[] stopTokens() {
    return stop.stream().mapToLong(Integer::longValue).toArray();
  }
}
