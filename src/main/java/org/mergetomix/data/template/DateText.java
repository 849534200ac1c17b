package org.mergetomix.data.template;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.mergetomix.data.template.syntax.Fault;

/** A date and time as Python's {@code strftime} writes it, with English names. */
final class DateText {

  private DateText() {}

  static String of(LocalDateTime time, String format) {
    StringBuilder text = new StringBuilder();
    int i = 0;
    while (i < format.length()) {
      char character = format.charAt(i);
      if (character != '%') {
        text.append(character);
        i++;
        continue;
      }
      i++;
      boolean unpadded = format.startsWith("-", i);
      i += unpadded ? 1 : 0;
      String field = i < format.length() ? field(time, format.charAt(i)) : "";
      if (field.isEmpty()) {
        throw new Fault("The date format " + format + " is not known");
      }
      text.append(unpadded ? field.replaceFirst("^0+(?=.)", "") : field);
      i++;
    }
    return text.toString();
  }

  /** The field's text; nothing if it is not known. */
  private static String field(LocalDateTime time, char field) {
    String pattern =
        switch (field) {
          case 'Y' -> "uuuu";
          case 'y' -> "uu";
          case 'm' -> "MM";
          case 'B' -> "MMMM";
          case 'b' -> "MMM";
          case 'd' -> "dd";
          case 'j' -> "DDD";
          case 'A' -> "EEEE";
          case 'a' -> "EEE";
          case 'H' -> "HH";
          case 'I' -> "hh";
          case 'p' -> "a";
          case 'M' -> "mm";
          case 'S' -> "ss";
          case '%' -> "'%'";
          default -> "";
        };
    return DateTimeFormatter.ofPattern(pattern, Locale.US).format(time);
  }
}
