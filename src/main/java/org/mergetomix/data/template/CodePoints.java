package org.mergetomix.data.template;

import java.util.Comparator;
import java.util.List;

/** Lengths, places and order of texts by code points. */
final class CodePoints {

  /** By code points, where Java's own order is by UTF-16 units. */
  static final Comparator<String> ORDER = CodePoints::compare;

  private CodePoints() {}

  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /** The code points as texts. */
  static List<Value> split(String text) {
    return text.codePoints()
        .<Value>mapToObj(character -> new Value.Text(Character.toString(character)))
        .toList();
  }

  /** From one place to another, both counted in code points. */
  static String between(String text, int start, int end) {
    int from = text.offsetByCodePoints(0, start);
    return text.substring(from, text.offsetByCodePoints(from, end - start));
  }

  private static int compare(String left, String right) {
    int shared = Math.min(left.length(), right.length());
    for (int i = 0; i < shared; i++) {
      char first = left.charAt(i);
      char second = right.charAt(i);
      if (first != second) {
        boolean pairs = Character.isSurrogate(first) != Character.isSurrogate(second);
        int order = Character.compare(first, second);
        return pairs ? Character.isSurrogate(first) ? 1 : -1 : order;
      }
    }
    return Integer.compare(left.length(), right.length());
  }
}
