package org.mergetomix.pattern;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression that came from outside, in an adapter of strangers for instance. The
 * library's matcher has no limit of its own but the thread's stack: a pattern may only look at so
 * many characters, and go so deep.
 *
 * @param pattern compiled
 */
public record BoundedPattern(Pattern pattern) {

  /** Looks at a text's characters in one matching: far more than any honest pattern needs. */
  private static final int MAX_LOOKS = 1_000_000;

  /**
   * A pattern as Python writes it.
   *
   * @param limit the most characters it may have
   * @throws IllegalArgumentException if it is no regular expression, or too long
   */
  public static BoundedPattern of(String text, int limit) {
    if (text.length() > limit) {
      throw new IllegalArgumentException("longer than %s characters".formatted(limit));
    }
    try {
      return new BoundedPattern(Pattern.compile(text.replace("(?P<", "(?<")));
    } catch (PatternSyntaxException wrong) {
      throw new IllegalArgumentException("not a regular expression", wrong);
    }
  }

  /**
   * Whether it fits the beginning of a name.
   *
   * @throws TooLong if it does not come to an end
   */
  public boolean fitsBeginning(String name) {
    return ask(name, Matcher::lookingAt);
  }

  /**
   * Whether it fits a whole name.
   *
   * @throws TooLong if it does not come to an end
   */
  public boolean fits(String name) {
    return ask(name, Matcher::matches);
  }

  /**
   * What a matcher of a text says.
   *
   * @param question all that is asked of the matcher, which is of no use afterwards
   * @throws TooLong if it does not come to an end
   */
  public <T> T ask(String text, Function<Matcher, T> question) {
    try {
      return question.apply(
          pattern.matcher(new CountedText(text, 0, text.length(), new AtomicInteger())));
    } catch (StackOverflowError deep) {
      // The library goes a call deeper for every repetition of a group that it may have to undo.
      throw new TooLong(deep);
    }
  }

  /** A pattern that backtracks without end, or too deep. */
  public static final class TooLong extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private TooLong() {}

    private TooLong(StackOverflowError cause) {
      super(cause);
    }
  }

  /** A text that can be looked at only so often. */
  private record CountedText(String text, int start, int end, AtomicInteger looks)
      implements CharSequence {

    @Override
    public int length() {
      return end - start;
    }

    @Override
    public char charAt(int index) {
      if (looks.incrementAndGet() > MAX_LOOKS) {
        throw new TooLong();
      }
      return text.charAt(start + index);
    }

    @Override
    public CharSequence subSequence(int from, int to) {
      return new CountedText(text, start + from, start + to, looks);
    }

    @Override
    public String toString() {
      return text.substring(start, end);
    }
  }
}
