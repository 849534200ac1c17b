package org.mergetomix.evaluation.answer;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.mergetomix.pattern.PythonPattern;

/**
 * What does not count when texts are compared, as lm-eval's {@code exact_match} has it: matches of
 * patterns are taken out first, then case, then punctuation and digits of ASCII.
 *
 * @param ignored what does not count, by name
 * @param patterns what does not count, by what it looks like
 */
public record Normalisation(List<Ignored> ignored, List<PythonPattern> patterns)
    implements Serializable {

  /** Everything counts. */
  public static final Normalisation NONE = new Normalisation(List.of(), List.of());

  private static final Pattern PUNCTUATION = Pattern.compile("[!-/:-@\\[-`{-~]");
  private static final Pattern DIGITS = Pattern.compile("[0-9]");

  public Normalisation {
    ignored = List.copyOf(ignored);
    patterns = List.copyOf(patterns);
  }

  /** What may not count. */
  public enum Ignored {
    CASE,
    PUNCTUATION,
    NUMBERS
  }

  /**
   * A normalisation that is ready for use. Safe for use by several threads.
   *
   * @param ignored what does not count, by name
   * @param patterns what does not count, by what it looks like
   */
  public record Ready(List<Ignored> ignored, List<PythonPattern.Compiled> patterns) {

    /**
     * What counts of a text.
     *
     * @throws org.mergetomix.pattern.BoundedPattern.TooLong if a pattern does not come to an end
     */
    public String of(String text) {
      String left = text;
      for (PythonPattern.Compiled pattern : patterns) {
        left = pattern.removedFrom(left);
      }
      if (ignored.contains(Ignored.CASE)) {
        left = left.toLowerCase(Locale.ROOT);
      }
      if (ignored.contains(Ignored.PUNCTUATION)) {
        left = PUNCTUATION.matcher(left).replaceAll("");
      }
      return ignored.contains(Ignored.NUMBERS) ? DIGITS.matcher(left).replaceAll("") : left;
    }
  }

  /** The same, ready for use. */
  public Ready ready() {
    return new Ready(ignored, patterns.stream().map(PythonPattern::compiled).toList());
  }
}
