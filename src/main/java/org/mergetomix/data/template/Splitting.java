package org.mergetomix.data.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.mergetomix.data.template.syntax.Fault;
import org.mergetomix.data.template.syntax.Whitespace;

/** Splits texts as Python does, from the start or from the end, and not more often than asked. */
final class Splitting {

  private Splitting() {}

  static List<String> at(String text, String separator, long most, boolean fromEnd) {
    if (separator.isEmpty()) {
      throw new Fault("A text cannot be split at an empty text");
    }
    return fromEnd ? atFromEnd(text, separator, most) : atFromStart(text, separator, most);
  }

  private static List<String> atFromStart(String text, String separator, long most) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    int place = TextSearch.first(text, separator, 0);
    while (place >= 0 && parts.size() < most) {
      parts.add(text.substring(start, place));
      Meter.requireFew(parts);
      start = place + separator.length();
      place = TextSearch.first(text, separator, start);
    }
    parts.add(text.substring(start));
    return parts;
  }

  private static List<String> atFromEnd(String text, String separator, long most) {
    if (separator.length() > TextSearch.SHORT) {
      throw new Fault("Splitting from the end at so long a text is not known");
    }
    List<String> parts = new ArrayList<>();
    int end = text.length();
    while (parts.size() < most && end >= separator.length()) {
      int place = text.lastIndexOf(separator, end - separator.length());
      if (place < 0) {
        break;
      }
      parts.add(text.substring(place + separator.length(), end));
      Meter.requireFew(parts);
      end = place;
    }
    parts.add(text.substring(0, end));
    Collections.reverse(parts);
    return parts;
  }

  static List<String> atWhitespace(String text, long most, boolean fromEnd) {
    return fromEnd ? atWhitespaceFromEnd(text, most) : atWhitespaceFromStart(text, most);
  }

  private static List<String> atWhitespaceFromStart(String text, long most) {
    List<String> words = new ArrayList<>();
    int start = Whitespace.skip(text, 0);
    while (start < text.length() && words.size() < most) {
      int end = start;
      while (end < text.length() && !Whitespace.is(text.charAt(end))) {
        end++;
      }
      words.add(text.substring(start, end));
      Meter.requireFew(words);
      start = Whitespace.skip(text, end);
    }
    if (start < text.length()) {
      words.add(text.substring(start));
    }
    return words;
  }

  private static List<String> atWhitespaceFromEnd(String text, long most) {
    List<String> words = new ArrayList<>();
    int end = Whitespace.endOf(text, text.length());
    while (end > 0 && words.size() < most) {
      int start = end;
      while (start > 0 && !Whitespace.is(text.charAt(start - 1))) {
        start--;
      }
      words.add(text.substring(start, end));
      Meter.requireFew(words);
      end = Whitespace.endOf(text, start);
    }
    if (end > 0) {
      words.add(text.substring(0, end));
    }
    Collections.reverse(words);
    return words;
  }
}
