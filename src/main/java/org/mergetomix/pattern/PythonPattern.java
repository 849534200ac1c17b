package org.mergetomix.pattern;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression with the meaning that Python's {@code re} gives it for text: letters, digits
 * and white space of all scripts. What the two languages understand differently is translated, or
 * refused where it cannot be. Immutable.
 *
 * @param text as it is written
 */
public record PythonPattern(String text) implements Serializable {

  private static final int MAX_LENGTH = 1000;

  /** Letters of escapes that mean the same, digits of references to groups apart. */
  private static final String SAME = "AbBafnrtux";

  /** What {@code str.isspace} knows: Java's white space and four separators of ASCII. */
  private static final String SPACE = "\\s\\x{1c}-\\x{1f}";

  /** What {@code str.isalnum} knows, and the underscore. */
  private static final String WORD = "\\p{L}\\p{N}_";

  private static final String DIGIT = "\\p{Nd}";

  /**
   * @throws IllegalArgumentException if it is no regular expression, is too long, or has what Java
   *     cannot do as Python does, as the end of a sentence
   */
  public PythonPattern {
    compiled(text);
  }

  /** The same, ready to be matched. */
  public Compiled compiled() {
    return new Compiled(compiled(text));
  }

  private static BoundedPattern compiled(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("is longer than %s characters".formatted(MAX_LENGTH));
    }
    try {
      return new BoundedPattern(
          Pattern.compile(
              new Translation(text).translated(),
              Pattern.UNIX_LINES | Pattern.UNICODE_CHARACTER_CLASS));
    } catch (PatternSyntaxException wrong) {
      throw new IllegalArgumentException(
          "is no regular expression: " + wrong.getDescription().toLowerCase(Locale.ROOT), wrong);
    }
  }

  /** A pattern that is ready to be matched. Safe for use by several threads. */
  public static final class Compiled {

    private final BoundedPattern pattern;

    private Compiled(BoundedPattern pattern) {
      this.pattern = pattern;
    }

    /**
     * What {@code re.findall} finds: of every match the groups, or the whole where there is none.
     *
     * @throws BoundedPattern.TooLong if it does not come to an end
     */
    public List<List<String>> findAll(String searched) {
      return pattern.ask(searched, Compiled::findAll);
    }

    private static List<List<String>> findAll(Matcher matcher) {
      List<List<String>> found = new ArrayList<>();
      while (matcher.find()) {
        List<String> groups = new ArrayList<>();
        for (int group = 1; group <= matcher.groupCount(); group++) {
          groups.add(Optional.ofNullable(matcher.group(group)).orElse(""));
        }
        found.add(groups.isEmpty() ? List.of(matcher.group()) : List.copyOf(groups));
      }
      return found;
    }

    /**
     * A text without all that matches.
     *
     * @throws BoundedPattern.TooLong if it does not come to an end
     */
    public String removedFrom(String searched) {
      return pattern.ask(searched, matcher -> matcher.replaceAll(""));
    }
  }

  /** Walks through a pattern of Python's and writes Java's. */
  private static final class Translation {

    private final String text;
    private final StringBuilder java = new StringBuilder();
    private int place;

    Translation(String text) {
      this.text = text;
    }

    String translated() {
      while (place < text.length()) {
        char next = text.charAt(place);
        if (next == '\\') {
          escape(false, false);
        } else if (next == '[') {
          characterClass();
        } else if (text.startsWith("(?P", place)) {
          namedGroup();
        } else {
          java.append(next);
          place++;
        }
      }
      return java.toString();
    }

    /** Names are of no use where groups are counted, and Java allows fewer of them. */
    private void namedGroup() {
      int end = text.indexOf('>', place);
      if (!text.startsWith("(?P<", place) || end < 0) {
        throw refused(text.substring(place, Math.min(text.length(), place + 4)));
      }
      java.append('(');
      place = end + 1;
    }

    /** In a class of Java's, brackets and doubled signs mean more than themselves. */
    private void characterClass() {
      java.append('[');
      place++;
      boolean negated = text.startsWith("^", place);
      if (negated) {
        java.append('^');
        place++;
      }
      int first = place;
      while (place < text.length() && (text.charAt(place) != ']' || place == first)) {
        char next = text.charAt(place);
        if (next == '\\') {
          escape(true, negated);
        } else {
          java.append("[]&".indexOf(next) >= 0 ? "\\" : "").append(next);
          place++;
        }
      }
      if (place < text.length()) {
        java.append(']');
        place++;
      }
    }

    private void escape(boolean inClass, boolean negated) {
      if (place + 1 == text.length()) {
        throw new IllegalArgumentException("ends with a backslash");
      }
      char letter = text.charAt(place + 1);
      place += 2;
      switch (letter) {
        case 'w' -> set(WORD, inClass);
        case 's' -> set(SPACE, inClass);
        case 'd' -> java.append(DIGIT);
        case 'D' -> java.append("\\P{Nd}");
        case 'W' -> complement(WORD, letter, negated);
        case 'S' -> complement(SPACE, letter, negated);
        case 'v' -> java.append("\\x0B");
        case 'Z' -> java.append("\\z");
        default -> {
          boolean isLetter = letter < 128 && Character.isLetter(letter);
          if ((isLetter && SAME.indexOf(letter) < 0) || letter == '0') {
            throw refused("\\" + letter);
          }
          java.append('\\').append(letter);
        }
      }
    }

    private void set(String characters, boolean inClass) {
      java.append(inClass ? characters : "[" + characters + "]");
    }

    private void complement(String characters, char letter, boolean negated) {
      if (negated) {
        throw refused("[^\\" + letter + "]");
      }
      java.append("[^").append(characters).append(']');
    }

    private static IllegalArgumentException refused(String what) {
      return new IllegalArgumentException("has %s, which is not known here".formatted(what));
    }
  }
}
