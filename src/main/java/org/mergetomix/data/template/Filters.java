package org.mergetomix.data.template;

import java.util.Optional;
import java.util.regex.Pattern;
import org.mergetomix.data.template.Value.Text;
import org.mergetomix.data.template.syntax.Fault;
import org.mergetomix.data.template.syntax.Whitespace;

/** The filters: what a value goes through after a bar. Those of sequences have their own class. */
final class Filters {

  /** Python's numbers may have digits of all scripts, exponents, infinity and nan. */
  private static final Pattern NEVER_IN_NUMBERS = Pattern.compile("[^\\p{Nd}+\\-._eEiInNfFtTyYaA]");

  private final Meter meter;
  private final Printer printer;
  private final TextMethods textMethods;
  private final SequenceFilters sequences;

  Filters(Meter meter, ValueTests tests, Operators operators) {
    this.meter = meter;
    this.printer = new Printer(meter);
    this.textMethods = new TextMethods(meter);
    this.sequences = new SequenceFilters(meter, tests, operators, this);
  }

  /**
   * {@code value|name(arguments)}.
   *
   * @throws Fault if there is no such filter, or not for this value
   */
  Value apply(String name, Value value, Arguments arguments) {
    meter.step();
    return switch (name) {
      case "default", "d" -> orDefault(value, arguments.bind(name, "default_value", "boolean"));
      case "tojson" ->
          new Text(
              new JsonPrinter(
                      meter,
                      arguments.bind(name, "ensure_ascii", "indent", "separators", "sort_keys"))
                  .print(value));
      case "string" -> {
        arguments.bind(name);
        yield value instanceof SafeText ? value : new Text(printer.text(value));
      }
      case "safe" -> {
        arguments.bind(name);
        yield new SafeText(printer.text(value));
      }
      case "trim" ->
          new Text(textMethods.strip("strip", plain(value), arguments.bind(name, "chars")));
      case "upper", "lower", "capitalize", "title" -> {
        arguments.bind(name);
        yield new Text(cased(name, plain(value)));
      }
      case "replace" -> replace(value, arguments.bind(name, "old", "new", "count"));
      case "indent" -> new Text(indent(value, arguments.bind(name, "width", "first", "blank")));
      case "int" -> toWhole(value, arguments.bind(name, "default"));
      case "float" -> toReal(value, arguments.bind(name, "default"));
      case "abs" -> {
        arguments.bind(name);
        yield operatorAbs(value);
      }
      default -> sequences.apply(name, value, arguments);
    };
  }

  private static Value orDefault(Value value, Arguments.Bound arguments) {
    boolean missing =
        value instanceof Undefined || (arguments.isTrue("boolean") && !Truth.of(value));
    return missing ? arguments.find("default_value").orElse(new Text("")) : value;
  }

  /** The value as a text that can be changed. */
  private String plain(Value value) {
    if (value instanceof SafeText) {
      throw Kinds.fault("Changing it", value);
    }
    String text = printer.text(value);
    meter.text(text.length());
    return text;
  }

  private static String cased(String name, String text) {
    return switch (name) {
      case "upper" -> TextMethods.upper(text);
      case "lower" -> TextMethods.lower(text);
      case "capitalize" -> TextMethods.capitalize(text);
      default -> title(text);
    };
  }

  /** Unlike Python's method, a letter after an apostrophe or a digit stays small. */
  private static String title(String text) {
    StringBuilder title = new StringBuilder();
    int start = 0;
    while (start < text.length()) {
      int end = start;
      boolean between = beginsWords(text.charAt(start));
      while (end < text.length() && beginsWords(text.charAt(end)) == between) {
        end++;
      }
      int first = text.offsetByCodePoints(start, 1);
      title
          .append(TextMethods.upper(text.substring(start, first)))
          .append(TextMethods.lower(text.substring(first, end)));
      start = end;
    }
    return title.toString();
  }

  private static boolean beginsWords(char character) {
    return "-({[<".indexOf(character) >= 0 || Whitespace.is(character);
  }

  private Value replace(Value value, Arguments.Bound arguments) {
    return new Text(
        textMethods.replace(
            plain(value),
            plain(arguments.require("old")),
            plain(arguments.require("new")),
            arguments.findWhole("count").orElse(-1L)));
  }

  private String indent(Value value, Arguments.Bound arguments) {
    if (!(value instanceof Text text)) {
      throw Kinds.fault("Indenting", value);
    }
    Value width = arguments.find("width").orElse(Value.of(4));
    String indentation =
        width instanceof Text given
            ? given.value()
            : blanks(arguments.findWhole("width").orElse(4L));
    boolean blankLines = arguments.isTrue("blank");
    StringBuilder indented = new StringBuilder(arguments.isTrue("first") ? indentation : "");
    String separator = "";
    meter.text(text.value().length());
    for (String line : TextMethods.splitLines(text.value() + "\n")) {
      indented.append(separator);
      if (!separator.isEmpty() && (blankLines || !line.isEmpty())) {
        indented.append(indentation);
      }
      meter.growth((long) indented.length() + line.length(), indentation.length());
      indented.append(line);
      separator = "\n";
    }
    return indented.toString();
  }

  private String blanks(long width) {
    meter.text(width);
    return " ".repeat((int) Math.max(0, width));
  }

  private static Value toWhole(Value value, Arguments.Bound arguments) {
    if (Operators.isWhole(value)) {
      return Value.of(Operators.whole(value));
    }
    Optional<Double> real = real(value);
    if (real.isPresent() && Math.abs(real.get()) < 0x1p53) {
      return Value.of((long) (double) real.get());
    }
    if (real.isPresent()) {
      throw new Fault("Making a whole number of " + real.get() + " is not known");
    }
    return arguments.find("default").orElse(Value.of(0));
  }

  private static Value toReal(Value value, Arguments.Bound arguments) {
    return real(value)
        .<Value>map(Value.Real::new)
        .orElseGet(() -> arguments.find("default").orElse(new Value.Real(0)));
  }

  /** The number that a text or number says, if it is one. */
  private static Optional<Double> real(Value value) {
    if (Operators.isNumber(value)) {
      return Optional.of(Operators.real(value));
    }
    if (value instanceof Undefined || value instanceof SafeText) {
      throw Kinds.fault("Making a number of it", value);
    }
    if (!(value instanceof Text text)) {
      return Optional.empty();
    }
    String digits = Whitespace.stripStart(Whitespace.stripEnd(text.value()));
    if (digits.matches("[-+]?(?:[0-9]{1,30}(?:\\.[0-9]{0,30})?|\\.[0-9]{1,30})")) {
      return Optional.of(Double.parseDouble(digits));
    }
    if (digits.isEmpty() || NEVER_IN_NUMBERS.matcher(digits).find()) {
      return Optional.empty();
    }
    throw new Fault("Whether such a text is a number is not known: it is no plain decimal");
  }

  private static Value operatorAbs(Value value) {
    if (Operators.isNumber(value)) {
      return Operators.real(value) < 0
          ? Operators.signed("-", value)
          : Operators.signed("+", value);
    }
    throw Kinds.fault("The filter abs", value);
  }
}
