package org.mergetomix.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A stretch of an example that fits the model's context: {@code target(i)} is to be predicted from
 * the inputs up to {@code i}. The windows of one example are disjoint in their targets and together
 * predict all of its tokens but the first.
 */
public final class TokenWindow {

  private final int example;
  private final int[] tokens;

  private TokenWindow(int example, int[] tokens) {
    this.example = example;
    this.tokens = tokens;
  }

  /**
   * Cuts an example into windows.
   *
   * @param example its index, which the windows remember
   * @param tokens its tokens, at least two
   * @param context how many inputs the model takes, at least 1
   */
  public static List<TokenWindow> of(int example, int[] tokens, int context) {
    List<TokenWindow> windows = new ArrayList<>();
    for (int first = 0; first + 1 < tokens.length; first += context) {
      int last = Math.min(first + context, tokens.length - 1);
      windows.add(new TokenWindow(example, Arrays.copyOfRange(tokens, first, last + 1)));
    }
    return windows;
  }

  /** The windows of all examples, in their order. */
  public static List<TokenWindow> of(List<String> examples, Tokenizer tokenizer, int context) {
    List<TokenWindow> windows = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      windows.addAll(of(i, tokenizer.encode(examples.get(i)), context));
    }
    return windows;
  }

  /** The index of the example that this is a window of. */
  public int example() {
    return example;
  }

  /** How many targets it has. */
  public int length() {
    return tokens.length - 1;
  }

  /** The input at a position, 0 to {@code length() - 1}. */
  public int input(int position) {
    return tokens[position];
  }

  /** The token to predict at a position, 0 to {@code length() - 1}. */
  public int target(int position) {
    return tokens[position + 1];
  }
}
