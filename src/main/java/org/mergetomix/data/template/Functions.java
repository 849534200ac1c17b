package org.mergetomix.data.template;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mergetomix.data.template.Value.Mapping;
import org.mergetomix.data.template.Value.Sequence;
import org.mergetomix.data.template.syntax.Fault;

/** The functions that every template has. */
final class Functions {

  private final Meter meter;
  private final LocalDateTime now;

  Functions(Meter meter, LocalDateTime now) {
    this.meter = meter;
    this.now = now;
  }

  /** All of them, by name. */
  Map<String, Value> all() {
    return Map.of(
        "raise_exception", new Function("raise_exception", this::raise),
        "strftime_now", new Function("strftime_now", this::now),
        "namespace", new Function("namespace", this::namespace),
        "dict", new Function("dict", this::mapping),
        "range", new Function("range", this::range));
  }

  private Value raise(Arguments arguments) {
    Value message = arguments.bind("raise_exception", "message").require("message");
    String text = new Printer(meter).text(message).replaceAll("\\p{Cntrl}", " ").strip();
    throw new Fault("The template refuses the conversation: " + text);
  }

  private Value now(Arguments arguments) {
    String format = arguments.bind("strftime_now", "format").requireText("format");
    if (format.length() > 200) {
      throw new Fault("A date format of " + format.length() + " characters is not known");
    }
    return new Value.Text(DateText.of(now, format));
  }

  private Value namespace(Arguments arguments) {
    Namespace namespace = new Namespace();
    entries("namespace", arguments)
        .forEach(
            (name, value) -> {
              if (!(name instanceof Value.Text text)) {
                throw Kinds.fault("Being an attribute of a namespace", name);
              }
              namespace.set(text.value(), value);
            });
    return namespace;
  }

  private Value mapping(Arguments arguments) {
    return new Mapping(entries("dict", arguments));
  }

  private Map<Value, Value> entries(String function, Arguments arguments) {
    List<Value> positional = arguments.positional();
    Map<Value, Value> entries = new LinkedHashMap<>();
    if (positional.size() > 1) {
      throw new Fault(function + " takes at most 1 argument without a name");
    }
    if (!positional.isEmpty()) {
      if (!(positional.get(0) instanceof Mapping mapping)) {
        throw Kinds.fault("Making a mapping", positional.get(0));
      }
      meter.elements(mapping.entries().size());
      entries.putAll(mapping.entries());
    }
    arguments.named().forEach((name, value) -> entries.put(new Value.Text(name), value));
    return entries;
  }

  private Value range(Arguments arguments) {
    List<Value> bounds = arguments.onlyPositional("range");
    if (bounds.isEmpty() || bounds.size() > 3 || !bounds.stream().allMatch(Operators::isWhole)) {
      throw new Fault("range takes one to three whole numbers");
    }
    long start = bounds.size() == 1 ? 0 : Operators.whole(bounds.get(0));
    long stop = Operators.whole(bounds.get(bounds.size() == 1 ? 0 : 1));
    long step = bounds.size() == 3 ? Operators.whole(bounds.get(2)) : 1;
    if (step == 0) {
      throw new Fault("range cannot go on by steps of zero");
    }
    if (bounds.stream().anyMatch(bound -> Operators.whole(bound) != (int) Operators.whole(bound))) {
      throw new Fault("range with so large a number is not known");
    }
    List<Value> numbers = new ArrayList<>();
    for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
      numbers.add(Value.of(i));
      Meter.requireFew(numbers);
    }
    meter.elements(numbers.size());
    return new Sequence(Sequence.Kind.RANGE, numbers);
  }
}
