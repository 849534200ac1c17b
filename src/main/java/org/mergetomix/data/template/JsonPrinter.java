package org.mergetomix.data.template;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mergetomix.data.template.syntax.Fault;

/** Values as Python's {@code json.dumps} writes them. One is for one value. */
final class JsonPrinter {

  private final Meter meter;
  private final Arguments.Bound options;
  private final Optional<String> indent;
  private final String itemSeparator;
  private final String keySeparator;
  private final StringBuilder json = new StringBuilder();

  /**
   * A printer.
   *
   * @param options of the filter {@code tojson}: ensure_ascii, indent, separators, sort_keys
   */
  JsonPrinter(Meter meter, Arguments.Bound options) {
    this.meter = meter;
    this.options = options;
    this.indent = options.findSome("indent").map(this::indentation);
    Optional<List<Value>> separators = options.findSome("separators").map(JsonPrinter::two);
    this.itemSeparator =
        separators.map(two -> text(two.get(0))).orElse(indent.isPresent() ? "," : ", ");
    this.keySeparator = separators.map(two -> text(two.get(1))).orElse(": ");
  }

  private String indentation(Value value) {
    if (value instanceof Value.Whole width) {
      meter.text(width.value());
      return " ".repeat((int) Math.max(0, width.value()));
    }
    return text(value);
  }

  private static List<Value> two(Value value) {
    if (value instanceof Value.Sequence sequence && sequence.elements().size() == 2) {
      return sequence.elements();
    }
    throw new Fault("The argument separators of tojson has to be two texts");
  }

  private static String text(Value value) {
    if (value instanceof Value.Text text) {
      return text.value();
    }
    throw Kinds.fault("Writing JSON with an indent or a separator", value);
  }

  String print(Value value) {
    print(value, 0);
    return json.toString();
  }

  private void print(Value value, int level) {
    meter.enter();
    if (value instanceof Value.Text text) {
      quote(text.value());
    } else if (value instanceof Value.Mapping mapping) {
      print(mapping, level);
    } else if (value instanceof Value.Sequence sequence
        && (sequence.kind() == Value.Sequence.Kind.LIST
            || sequence.kind() == Value.Sequence.Kind.TUPLE)) {
      print(sequence, level);
    } else if (value instanceof Value.Real real) {
      add(real(real.value()));
    } else {
      add(word(value).orElseThrow(() -> Kinds.fault("Writing JSON", value)));
    }
    meter.leave();
  }

  private static String real(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    return Double.isInfinite(value) ? value > 0 ? "Infinity" : "-Infinity" : Numbers.shown(value);
  }

  private static Optional<String> word(Value value) {
    if (value instanceof Value.Bool bool) {
      return Optional.of(Boolean.toString(bool.value()));
    }
    if (value instanceof Value.Whole whole) {
      return Optional.of(Long.toString(whole.value()));
    }
    return value == Value.None.NONE ? Optional.of("null") : Optional.empty();
  }

  private void print(Value.Sequence sequence, int level) {
    if (sequence.elements().isEmpty()) {
      add("[]");
      return;
    }
    String separator = "[";
    for (Value element : sequence.elements()) {
      add(separator);
      breakLine(level + 1);
      print(element, level + 1);
      separator = itemSeparator;
    }
    breakLine(level);
    add("]");
  }

  private void print(Value.Mapping mapping, int level) {
    if (mapping.entries().isEmpty()) {
      add("{}");
      return;
    }
    String separator = "{";
    for (Map.Entry<Value, Value> entry : ordered(mapping)) {
      add(separator);
      breakLine(level + 1);
      quote(key(entry.getKey()));
      add(keySeparator);
      print(entry.getValue(), level + 1);
      separator = itemSeparator;
    }
    breakLine(level);
    add("}");
  }

  private List<Map.Entry<Value, Value>> ordered(Value.Mapping mapping) {
    List<Map.Entry<Value, Value>> entries = new ArrayList<>(mapping.entries().entrySet());
    if (options.isTrue("sort_keys")) {
      if (!entries.stream().allMatch(entry -> entry.getKey() instanceof Value.Text)) {
        throw new Fault("Sorting keys that are not all texts is not known");
      }
      entries.sort(Comparator.comparing(entry -> key(entry.getKey()), CodePoints.ORDER));
    }
    return entries;
  }

  private static String key(Value key) {
    return key instanceof Value.Text text ? text.value() : word(key).orElseThrow();
  }

  private void breakLine(int level) {
    indent.ifPresent(
        one -> {
          meter.text((long) one.length() * level);
          add("\n" + one.repeat(level));
        });
  }

  private void add(String text) {
    meter.growth((long) json.length() + text.length(), text.length());
    json.append(text);
  }

  private void quote(String text) {
    meter.text(text.length());
    StringBuilder quoted = new StringBuilder("\"");
    boolean ascii = options.isTrue("ensure_ascii");
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      switch (character) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        case '\b' -> quoted.append("\\b");
        case '\f' -> quoted.append("\\f");
        default -> {
          if (character < ' ' || (ascii && character > '~')) {
            quoted.append("\\u").append(Printer.hexadecimal(character, 4));
          } else {
            quoted.append(character);
          }
        }
      }
    }
    add(quoted.append('"').toString());
  }
}
