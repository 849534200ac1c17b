package org.mergetomix.data.template;

import java.util.List;
import java.util.Map;
import org.mergetomix.data.template.syntax.Fault;

/** Values as Python prints them. */
final class Printer {

  private final Meter meter;

  Printer(Meter meter) {
    this.meter = meter;
  }

  /**
   * What {@code str} gives, and so what a template writes.
   *
   * @throws Fault for values whose text says nothing, as functions
   */
  String text(Value value) {
    if (value instanceof Value.Text text) {
      return text.value();
    }
    if (value instanceof SafeText safe) {
      return safe.text();
    }
    if (value instanceof Undefined) {
      return "";
    }
    StringBuilder printed = new StringBuilder();
    print(value, printed);
    return printed.toString();
  }

  private void print(Value value, StringBuilder printed) {
    meter.enter();
    if (value instanceof Value.Sequence sequence) {
      print(sequence, printed);
    } else if (value instanceof Value.Mapping mapping) {
      print(mapping, printed);
    } else if (value instanceof Value.Text text) {
      quote(text.value(), printed);
    } else {
      add(scalar(value), printed);
    }
    meter.leave();
  }

  private static String scalar(Value value) {
    if (value instanceof Value.Bool bool) {
      return bool.value() ? "True" : "False";
    }
    if (value instanceof Value.Whole whole) {
      return Long.toString(whole.value());
    }
    if (value instanceof Value.Real real) {
      return Numbers.shown(real.value());
    }
    if (value instanceof Undefined) {
      return "Undefined";
    }
    if (value == Value.None.NONE) {
      return "None";
    }
    throw Kinds.fault("Printing", value);
  }

  private void print(Value.Sequence sequence, StringBuilder printed) {
    boolean tuple = sequence.kind() == Value.Sequence.Kind.TUPLE;
    if (!tuple && sequence.kind() != Value.Sequence.Kind.LIST) {
      throw Kinds.fault("Printing", sequence);
    }
    List<Value> elements = sequence.elements();
    add(tuple ? "(" : "[", printed);
    for (int i = 0; i < elements.size(); i++) {
      add(i == 0 ? "" : ", ", printed);
      print(elements.get(i), printed);
    }
    add(tuple ? elements.size() == 1 ? ",)" : ")" : "]", printed);
  }

  private void print(Value.Mapping mapping, StringBuilder printed) {
    String separator = "{";
    for (Map.Entry<Value, Value> entry : mapping.entries().entrySet()) {
      add(separator, printed);
      print(entry.getKey(), printed);
      add(": ", printed);
      print(entry.getValue(), printed);
      separator = ", ";
    }
    add(mapping.entries().isEmpty() ? "{}" : "}", printed);
  }

  private void add(String text, StringBuilder printed) {
    meter.growth((long) printed.length() + text.length(), text.length());
    printed.append(text);
  }

  /** A text in the quotes that need the fewest escapes. */
  private void quote(String text, StringBuilder printed) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    StringBuilder quoted = new StringBuilder().append(quote);
    meter.text(text.length());
    text.codePoints().forEach(character -> escape(character, quote, quoted));
    add(quoted.append(quote).toString(), printed);
  }

  private static void escape(int character, char quote, StringBuilder quoted) {
    switch (character) {
      case '\n' -> quoted.append("\\n");
      case '\r' -> quoted.append("\\r");
      case '\t' -> quoted.append("\\t");
      case '\\' -> quoted.append("\\\\");
      default -> {
        if (character == quote) {
          quoted.append('\\').append(quote);
        } else if (isPrintable(character)) {
          quoted.appendCodePoint(character);
        } else if (character < 0x100) {
          quoted.append("\\x").append(hexadecimal(character, 2));
        } else if (character < 0x10000) {
          quoted.append("\\u").append(hexadecimal(character, 4));
        } else {
          quoted.append("\\U").append(hexadecimal(character, 8));
        }
      }
    }
  }

  /** The character's number with leading zeros. */
  static String hexadecimal(int character, int digits) {
    String number = Integer.toHexString(character);
    return "0".repeat(digits - number.length()) + number;
  }

  private static boolean isPrintable(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> character == ' ';
      case Character.UNASSIGNED ->
          throw new Fault(
              "The character U+"
                  + Integer.toHexString(character)
                  + " inside of a list or mapping cannot be printed: it is not known");
      default -> true;
    };
  }
}
