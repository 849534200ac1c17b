package org.mergetomix.data.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.mergetomix.data.template.Value.Mapping;
import org.mergetomix.data.template.Value.Sequence;
import org.mergetomix.data.template.Value.Text;
import org.mergetomix.data.template.syntax.Fault;

/** The filters of what has elements. */
final class SequenceFilters {

  private final Meter meter;
  private final ValueTests tests;
  private final Operators operators;
  private final Filters filters;
  private final Items items;

  SequenceFilters(Meter meter, ValueTests tests, Operators operators, Filters filters) {
    this.meter = meter;
    this.tests = tests;
    this.operators = operators;
    this.filters = filters;
    this.items = new Items(meter);
  }

  Value apply(String name, Value value, Arguments arguments) {
    return switch (name) {
      case "length", "count" -> {
        arguments.bind(name);
        yield Value.of(items.length(value));
      }
      case "list" -> {
        arguments.bind(name);
        yield Sequence.list(items.elements(value));
      }
      case "first" -> {
        arguments.bind(name);
        yield first(value);
      }
      case "last" -> {
        arguments.bind(name);
        yield last(value);
      }
      case "join" -> join(value, arguments.bind(name, "d", "attribute"));
      case "items" -> {
        arguments.bind(name);
        yield new OneTime(value instanceof Undefined ? List.of() : entries(value));
      }
      case "reverse" -> {
        arguments.bind(name);
        yield reverse(value);
      }
      case "unique" -> unique(value, arguments.bind(name, "case_sensitive", "attribute"));
      case "dictsort" ->
          sortEntries(value, arguments.bind(name, "case_sensitive", "by", "reverse"));
      case "sort" -> sort(value, arguments.bind(name, "reverse", "case_sensitive", "attribute"));
      case "map" -> map(value, arguments);
      case "select", "reject", "selectattr", "rejectattr" -> select(name, value, arguments);
      default -> throw new Fault("The filter " + name + " is not known");
    };
  }

  private Value first(Value value) {
    List<Value> first =
        value instanceof OneTime once
            ? once.takeFirst()
            : items.elements(value).stream().limit(1).toList();
    return first.isEmpty() ? new Undefined("there is no first element") : first.get(0);
  }

  private Value last(Value value) {
    if (value instanceof OneTime) {
      throw Kinds.fault("The filter last", value);
    }
    List<Value> elements = items.elements(value);
    return elements.isEmpty()
        ? new Undefined("there is no last element")
        : elements.get(elements.size() - 1);
  }

  private Value join(Value value, Arguments.Bound arguments) {
    Printer printer = new Printer(meter);
    UnaryOperator<Value> part = attribute(arguments);
    List<String> texts = new ArrayList<>();
    long length = 0;
    for (Value element : items.elements(value)) {
      String text = printer.text(part.apply(element));
      length += text.length();
      meter.growth(length, text.length());
      texts.add(text);
    }
    String separator = arguments.find("d").map(printer::text).orElse("");
    return new Text(new TextMethods(meter).join(separator, texts));
  }

  /** What is looked at of an element: the element, or the attribute that the arguments name. */
  private UnaryOperator<Value> attribute(Arguments.Bound arguments) {
    Optional<Value> attribute = arguments.findSome("attribute");
    return attribute.isPresent() ? getter(attribute.get()) : element -> element;
  }

  /** Takes the items that a path with points names, one of another. */
  private UnaryOperator<Value> getter(Value path) {
    if (Operators.isWhole(path)) {
      return element -> items.item(element, path);
    }
    if (!(path instanceof Text text)) {
      throw Kinds.fault("Being an attribute's name", path);
    }
    List<Value> keys =
        Splitting.at(text.value(), ".", Long.MAX_VALUE, false).stream()
            .map(SequenceFilters::key)
            .toList();
    return element -> {
      Value item = element;
      for (Value key : keys) {
        meter.step();
        item = items.item(item, key);
      }
      return item;
    };
  }

  private static Value key(String part) {
    return part.matches("[0-9]{1,9}") ? Value.of(Long.parseLong(part)) : new Text(part);
  }

  private List<Value> entries(Value value) {
    if (value instanceof Mapping mapping) {
      meter.elements(mapping.entries().size());
      return Attributes.items(mapping);
    }
    throw Kinds.fault("Taking the entries", value);
  }

  private Value reverse(Value value) {
    if (value instanceof Text text) {
      meter.text(text.value().length());
      return items.slice(value, Value.None.NONE, Value.None.NONE, Value.of(-1));
    }
    List<Value> reversed = new ArrayList<>(items.elements(value));
    Collections.reverse(reversed);
    return new OneTime(reversed);
  }

  private Value unique(Value value, Arguments.Bound arguments) {
    UnaryOperator<Value> attribute = attribute(arguments);
    UnaryOperator<Value> folded = folding(arguments);
    Map<Value, Value> seen = new LinkedHashMap<>();
    for (Value element : items.elements(value)) {
      Value key = folded.apply(attribute.apply(element));
      if (!(key instanceof Text || key instanceof Value.Whole)) {
        throw Kinds.fault("The filter unique", key);
      }
      seen.putIfAbsent(key, element);
    }
    return new OneTime(List.copyOf(seen.values()));
  }

  /** Texts in small letters, if the arguments do not ask for the difference. */
  private UnaryOperator<Value> folding(Arguments.Bound arguments) {
    if (arguments.isTrue("case_sensitive")) {
      return value -> value;
    }
    return value -> {
      if (value instanceof Text text) {
        meter.text(text.value().length());
        return new Text(TextMethods.lower(text.value()));
      }
      return value;
    };
  }

  private Value sortEntries(Value value, Arguments.Bound arguments) {
    String by = arguments.findText("by").orElse("key");
    if (!by.equals("key") && !by.equals("value")) {
      throw new Fault("dictsort sorts by key or by value, not by " + by);
    }
    Value place = Value.of(by.equals("key") ? 0 : 1);
    return sorted(entries(value), entry -> items.item(entry, place), arguments);
  }

  private Value sort(Value value, Arguments.Bound arguments) {
    return sorted(items.elements(value), attribute(arguments), arguments);
  }

  private Value sorted(
      List<Value> elements, UnaryOperator<Value> attribute, Arguments.Bound arguments) {
    UnaryOperator<Value> folded = folding(arguments);
    Comparator<Keyed> order = Comparator.comparing(Keyed::key, operators::order);
    List<Keyed> sorted = new ArrayList<>();
    elements.forEach(one -> sorted.add(new Keyed(folded.apply(attribute.apply(one)), one)));
    sorted.sort(arguments.isTrue("reverse") ? order.reversed() : order);
    return Sequence.list(sorted.stream().map(Keyed::element).toList());
  }

  /** An element and what it is sorted by. */
  private record Keyed(Value key, Value element) {}

  private Value map(Value value, Arguments arguments) {
    List<Value> elements = elementsOrNone(value);
    if (arguments.positional().isEmpty()) {
      Arguments.Bound bound = arguments.bind("map", "attribute", "default");
      UnaryOperator<Value> getter = getter(bound.require("attribute"));
      Optional<Value> otherwise = bound.find("default");
      return each(
          elements,
          element -> {
            Value found = getter.apply(element);
            return found instanceof Undefined ? otherwise.orElse(found) : found;
          });
    }
    String filter = Arguments.text("filter", "map", arguments.positional().get(0));
    Arguments rest = arguments.withoutFirst();
    return each(elements, element -> filters.apply(filter, element, rest));
  }

  /** What counts as false has no elements here, whatever it is. */
  private List<Value> elementsOrNone(Value value) {
    return Truth.of(value) ? items.elements(value) : List.of();
  }

  private static Value each(List<Value> elements, UnaryOperator<Value> change) {
    return new OneTime(elements.stream().map(change).toList());
  }

  private Value select(String name, Value value, Arguments arguments) {
    boolean wanted = name.startsWith("select");
    Arguments rest = arguments;
    UnaryOperator<Value> attribute = element -> element;
    if (name.endsWith("attr")) {
      if (arguments.positional().isEmpty()) {
        throw new Fault("The filter " + name + " needs an attribute");
      }
      attribute = getter(arguments.positional().get(0));
      rest = arguments.withoutFirst();
    }
    List<Value> selected = new ArrayList<>();
    for (Value element : elementsOrNone(value)) {
      if (holds(attribute.apply(element), rest) == wanted) {
        selected.add(element);
      }
    }
    return new OneTime(selected);
  }

  private boolean holds(Value value, Arguments arguments) {
    meter.step();
    if (arguments.positional().isEmpty()) {
      arguments.bind("A filter without a test");
      return Truth.of(value);
    }
    String test = Arguments.text("test", "select", arguments.positional().get(0));
    return tests.test(test, value, arguments.withoutFirst());
  }
}
