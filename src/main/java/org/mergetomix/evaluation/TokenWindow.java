package org.mergetomix.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A stretch of an example that fits the model's context: the token at {@code target(i)} comes after
 * the inputs up to {@code i}. The last {@link #asked()} of them are to be predicted; what is before
 * is context. The windows of one example are disjoint in what they ask for, and together ask for
 * all of its tokens but the first.
 */
public final class TokenWindow {

  private final int example;
  private final int[] tokens;
  private final int asked;

  private TokenWindow(int example, int[] tokens, int asked) {
    this.example = example;
    this.tokens = tokens;
    this.asked = asked;
  }

  /**
   * Cuts an example into windows without context: the last may be short.
   *
   * @param example its index, which the windows remember
   * @param tokens its tokens; of fewer than two there is no window
   * @param context how many inputs the model takes, at least 1
   */
  public static List<TokenWindow> of(int example, int[] tokens, int context) {
    List<TokenWindow> windows = new ArrayList<>();
    for (int first = 0; first + 1 < tokens.length; first += context) {
      int last = Math.min(first + context, tokens.length - 1);
      windows.add(
          new TokenWindow(example, Arrays.copyOfRange(tokens, first, last + 1), last - first));
    }
    return windows;
  }

  /**
   * Cuts an example as lm-eval's {@code get_rolling_token_windows} does with a context of one
   * token: as {@link #of}, but the last window is filled up with what comes before it.
   */
  public static List<TokenWindow> rolling(int example, int[] tokens, int context) {
    List<TokenWindow> windows = new ArrayList<>();
    for (int first = 0; first + 1 < tokens.length; first += context) {
      int last = Math.min(first + context, tokens.length - 1);
      int from = Math.max(0, last - context);
      windows.add(
          new TokenWindow(example, Arrays.copyOfRange(tokens, from, last + 1), last - first));
    }
    return windows;
  }

  /** The index of the example that this is a window of. */
  public int example() {
    return example;
  }

  /** How many inputs it has. */
  public int length() {
    return tokens.length - 1;
  }

  /** How many of its tokens are to be predicted: the last ones. */
  public int asked() {
    return asked;
  }

  /** Whether the token after the input at a position is to be predicted. */
  public boolean asks(int position) {
    return position >= length() - asked;
  }

  /** The input at a position, 0 to {@code length() - 1}. */
  public int input(int position) {
    return tokens[position];
  }

  /** The token after the input at a position, 0 to {@code length() - 1}. */
  public int target(int position) {
    return tokens[position + 1];
  }
}
