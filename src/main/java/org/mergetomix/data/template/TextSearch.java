package org.mergetomix.data.template;

/**
 * Finds texts in texts in linear time. Java's own search compares every place with the whole part,
 * which a template could make take hours.
 */
final class TextSearch {

  /** Up to this length, trying every place costs little. */
  static final int SHORT = 16;

  private TextSearch() {}

  /** The first place of {@code part} from {@code start} on, or a negative number. */
  static int first(String text, String part, int start) {
    return part.length() <= SHORT ? text.indexOf(part, start) : matched(text, part, start, false);
  }

  /** The last place of {@code part}, or a negative number. */
  static int last(String text, String part) {
    return part.length() <= SHORT ? text.lastIndexOf(part) : matched(text, part, 0, true);
  }

  /** Knuth, Morris and Pratt's search: it never goes back in the text. */
  private static int matched(String text, String part, int start, boolean toLast) {
    int[] borders = borders(part);
    int found = -1;
    int length = 0;
    for (int i = start; i < text.length(); i++) {
      while (length > 0 && text.charAt(i) != part.charAt(length)) {
        length = borders[length - 1];
      }
      if (text.charAt(i) == part.charAt(length)) {
        length++;
      }
      if (length == part.length()) {
        found = i + 1 - length;
        if (!toLast) {
          return found;
        }
        length = borders[length - 1];
      }
    }
    return found;
  }

  /** For every start of the part, how long its longest proper start is that also ends it. */
  private static int[] borders(String part) {
    int[] borders = new int[part.length()];
    int length = 0;
    for (int i = 1; i < part.length(); i++) {
      while (length > 0 && part.charAt(i) != part.charAt(length)) {
        length = borders[length - 1];
      }
      if (part.charAt(i) == part.charAt(length)) {
        length++;
      }
      borders[i] = length;
    }
    return borders;
  }
}
