package org.mergetomix.data.template.syntax;

/** White space as Python knows it, which is not quite what Java knows. */
public final class Whitespace {

  private Whitespace() {}

  /** Whether Python's {@code str.isspace} holds for the character; all are in the basic plane. */
  public static boolean is(int character) {
    return (character >= 0x09 && character <= 0x0d)
        || (character >= 0x1c && character <= 0x20)
        || character == 0x85
        || character == 0xa0
        || character == 0x1680
        || (character >= 0x2000 && character <= 0x200a)
        || character == 0x2028
        || character == 0x2029
        || character == 0x202f
        || character == 0x205f
        || character == 0x3000;
  }

  /** Where the text ends without the white space at its end. */
  public static int endOf(String text) {
    return endOf(text, text.length());
  }

  /** The same for the text's first {@code length} characters. */
  public static int endOf(String text, int length) {
    int end = length;
    while (end > 0 && is(text.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  /** The first place from {@code start} on that is not white space, or the text's length. */
  public static int skip(String text, int start) {
    int place = start;
    while (place < text.length() && is(text.charAt(place))) {
      place++;
    }
    return place;
  }

  /** The text without white space at its end. */
  public static String stripEnd(String text) {
    return text.substring(0, endOf(text));
  }

  /** The text without white space at its start. */
  public static String stripStart(String text) {
    return text.substring(skip(text, 0));
  }
}
