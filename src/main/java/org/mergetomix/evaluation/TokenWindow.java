package org.mergetomix.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A stretch of an example that fits the model's context: the token at {@code target(i)} comes after
 * the inputs up to {@code i}. Some of them are to be predicted; the others are context. The windows
 * of one example are disjoint in what they ask for, except where each asks for another continuation
 * of one context.
 */
public final class TokenWindow {

  private final int example;
  private final int[] tokens;

  /** By position: whether the token after it is asked for. */
  private final BitSet asked;

  private TokenWindow(int example, int[] tokens, BitSet asked) {
    this.example = example;
    this.tokens = tokens;
    this.asked = asked;
  }

  /** A window whose last tokens are asked for. */
  private static TokenWindow last(int example, int[] tokens, int asked) {
    BitSet positions = new BitSet();
    positions.set(tokens.length - 1 - asked, tokens.length - 1);
    return new TokenWindow(example, tokens, positions);
  }

  /**
   * Cuts an example into windows without context: the last may be short.
   *
   * @param example its index, which the windows remember
   * @param tokens its tokens; of fewer than two there is no window
   * @param context how many inputs the model takes, at least 1
   */
  public static List<TokenWindow> of(int example, int[] tokens, int context) {
    BitSet all = new BitSet();
    all.set(0, tokens.length);
    return marked(example, tokens, all, context);
  }

  /**
   * Cuts an example of which some tokens are asked for, as {@link #of}; a window that asks for
   * nothing is left out.
   *
   * @param marked which of the tokens are asked for; the first never is
   */
  public static List<TokenWindow> marked(int example, int[] tokens, BitSet marked, int context) {
    List<TokenWindow> windows = new ArrayList<>();
    for (int first = 0; first + 1 < tokens.length; first += context) {
      int last = Math.min(first + context, tokens.length - 1);
      BitSet asked = marked.get(first + 1, last + 1);
      if (!asked.isEmpty()) {
        windows.add(new TokenWindow(example, Arrays.copyOfRange(tokens, first, last + 1), asked));
      }
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
      windows.add(last(example, Arrays.copyOfRange(tokens, from, last + 1), last - first));
    }
    return windows;
  }

  /**
   * A continuation after its context, of which only the end is kept where both are too long, as
   * lm-eval does it. A continuation that alone is too long is cut as by {@link #rolling}.
   *
   * @param given the tokens of the context, at least one
   * @param continuation the tokens that are asked for
   */
  static List<TokenWindow> continuation(int example, int[] given, int[] continuation, int context) {
    int room = Math.max(1, context + 1 - continuation.length);
    int kept = Math.min(given.length, room);
    int[] tokens = Arrays.copyOfRange(given, given.length - kept, given.length);
    int[] all = Arrays.copyOf(tokens, kept + continuation.length);
    System.arraycopy(continuation, 0, all, kept, continuation.length);
    return continuation.length > 0 && all.length <= context + 1
        ? List.of(last(example, all, continuation.length))
        : rolling(example, all, context);
  }

  /** The index of the example that this is a window of. */
  public int example() {
    return example;
  }

  /** How many inputs it has. */
  public int length() {
    return tokens.length - 1;
  }

  /** How many of its tokens are to be predicted. */
  public int asked() {
    return asked.cardinality();
  }

  /** Whether the token after the input at a position is to be predicted. */
  public boolean asks(int position) {
    return asked.get(position);
  }

  /** The tokens before the first that is asked for. */
  int[] given() {
    return Arrays.copyOf(tokens, asked.nextSetBit(0) + 1);
  }

  /** The tokens from the first that is asked for on. */
  int[] continuation() {
    return Arrays.copyOfRange(tokens, asked.nextSetBit(0) + 1, tokens.length);
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
