package org.mergetomix.expert.lora;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A key of {@code rank_pattern} or {@code alpha_pattern} and its value. The key is a regular
 * expression for a module's name, or for the end of it that follows a dot.
 *
 * @param key as it was written
 * @param pattern the same, compiled
 * @param value what the modules have that fit
 */
public record ModulePattern<T>(String key, Pattern pattern, T value) {

  private static final int MAX_KEY = 512;

  /** Looks at a name's characters in one matching: far more than any honest pattern needs. */
  private static final int MAX_LOOKS = 1_000_000;

  /**
   * A pattern.
   *
   * @throws IllegalArgumentException if the key is no regular expression, or too long
   */
  static <T> ModulePattern<T> of(String key, T value) {
    if (key.length() > MAX_KEY) {
      throw new IllegalArgumentException("longer than %d characters".formatted(MAX_KEY));
    }
    try {
      return new ModulePattern<>(key, Pattern.compile("(.*\\.)?(" + key + ")$"), value);
    } catch (PatternSyntaxException wrong) {
      throw new IllegalArgumentException("not a regular expression", wrong);
    }
  }

  /**
   * The value of the first pattern that fits.
   *
   * @throws TooLong if a pattern does not come to an end
   */
  static <T> Optional<T> first(List<ModulePattern<T>> patterns, String module) {
    return patterns.stream()
        .filter(candidate -> candidate.fits(module))
        .findFirst()
        .map(ModulePattern::value);
  }

  private boolean fits(String module) {
    return pattern
        .matcher(new CountedText(module, 0, module.length(), new AtomicInteger()))
        .lookingAt();
  }

  /** A pattern that backtracks without end; adapters come from strangers. */
  public static final class TooLong extends RuntimeException {

    private static final long serialVersionUID = 1L;
  }

  /** A text that can be looked at only so often, because the library's matcher has no limit. */
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
