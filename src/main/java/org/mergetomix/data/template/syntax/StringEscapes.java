package org.mergetomix.data.template.syntax;

/** The value of a string literal, whose escapes are Python's. */
final class StringEscapes {

  private StringEscapes() {}

  /**
   * Undoes the escapes.
   *
   * @throws Fault if there is one that we do not know
   */
  static String undo(String literal) {
    if (literal.indexOf('\\') < 0) {
      return literal;
    }
    StringBuilder value = new StringBuilder(literal.length());
    int i = 0;
    while (i < literal.length()) {
      char character = literal.charAt(i++);
      if (character != '\\') {
        value.append(character);
        continue;
      }
      char escape = literal.charAt(i++);
      switch (escape) {
        case '\n' -> {}
        case '\\', '\'', '"' -> value.append(escape);
        case 'a' -> value.append('\u0007');
        case 'b' -> value.append('\b');
        case 'f' -> value.append('\f');
        case 'n' -> value.append('\n');
        case 'r' -> value.append('\r');
        case 't' -> value.append('\t');
        case 'v' -> value.append('\u000b');
        case 'x' -> i = hexadecimal(literal, i, 2, value);
        case 'u' -> i = hexadecimal(literal, i, 4, value);
        case 'U' -> i = hexadecimal(literal, i, 8, value);
        default -> {
          if (escape >= '0' && escape <= '7') {
            i = octal(literal, i - 1, value);
          } else if (escape == 'N' || escape >= 0x80) {
            throw new Fault("The escape \\" + escape + " in a string is not known");
          } else {
            value.append('\\').append(escape);
          }
        }
      }
    }
    return value.toString();
  }

  private static int hexadecimal(String literal, int start, int digits, StringBuilder value) {
    int end = start + digits;
    long codePoint = end > literal.length() ? -1 : 0;
    for (int i = start; i < end && codePoint >= 0; i++) {
      int digit = literal.charAt(i) < 0x80 ? Character.digit(literal.charAt(i), 16) : -1;
      codePoint = digit < 0 ? -1 : codePoint * 16 + digit;
    }
    if (codePoint < 0 || codePoint > Character.MAX_CODE_POINT) {
      throw new Fault("A string has a \\x, \\u or \\U without a character's number after it");
    }
    value.appendCodePoint((int) codePoint);
    return end;
  }

  private static int octal(String literal, int start, StringBuilder value) {
    int end = start;
    int codePoint = 0;
    while (end < literal.length()
        && end < start + 3
        && literal.charAt(end) >= '0'
        && literal.charAt(end) <= '7') {
      codePoint = codePoint * 8 + literal.charAt(end++) - '0';
    }
    value.appendCodePoint(codePoint);
    return end;
  }
}
