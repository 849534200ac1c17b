package org.mergetomix.data.template;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mergetomix.data.template.Value.Mapping;
import org.mergetomix.data.template.Value.Sequence;
import org.mergetomix.data.template.Value.Text;
import org.mergetomix.data.template.syntax.Fault;

/**
 * {@code value.name}. As in Jinja, a method of that name comes before an entry of that name. The
 * methods are a list here, and nothing of Java can be reached.
 */
final class Attributes {

  private static final Set<String> MAPPING_METHODS =
      Set.of(
          "get",
          "items",
          "keys",
          "values",
          "copy",
          "clear",
          "fromkeys",
          "pop",
          "popitem",
          "setdefault",
          "update");
  private static final Set<String> LIST_METHODS =
      Set.of(
          "index", "count", "copy", "append", "clear", "extend", "insert", "pop", "remove",
          "reverse", "sort");
  private static final Set<String> NUMBER_ATTRIBUTES =
      Set.of(
          "real",
          "imag",
          "numerator",
          "denominator",
          "conjugate",
          "bit_length",
          "bit_count",
          "to_bytes",
          "from_bytes",
          "as_integer_ratio",
          "is_integer",
          "hex",
          "fromhex");

  private final Meter meter;
  private final TextMethods textMethods;

  Attributes(Meter meter) {
    this.meter = meter;
    this.textMethods = new TextMethods(meter);
  }

  /**
   * The attribute; undefined if there is none.
   *
   * @throws Fault if the value is undefined itself, or if Python would have the attribute and we do
   *     not
   */
  Value attribute(Value target, String name) {
    if (name.startsWith("__") && !(target instanceof Undefined)) {
      throw new Fault("The attribute " + name + " is not for templates");
    }
    if (target instanceof Mapping mapping) {
      return MAPPING_METHODS.contains(name)
          ? new Function(name, arguments -> method(mapping, name, arguments))
          : Items.find(mapping, new Text(name)).orElseGet(() -> Items.missing(target, name));
    }
    Optional<Value> found = Optional.empty();
    if (target instanceof Text text && TextMethods.NAMES.contains(name)) {
      found =
          Optional.of(
              new Function(name, arguments -> textMethods.call(name, text.value(), arguments)));
    } else if (target instanceof Namespace namespace) {
      found = namespace.get(name);
    } else if (target instanceof Loop loop) {
      found = loop.attribute(name);
    } else if (target instanceof Sequence sequence) {
      found = ofSequence(sequence, name);
    } else if (target instanceof SafeText
        || target instanceof Function
        || target instanceof OneTime
        || (Operators.isNumber(target) && NUMBER_ATTRIBUTES.contains(name))) {
      throw Kinds.fault("The attribute " + name, target);
    }
    return found.orElseGet(() -> Items.missing(target, name));
  }

  private Optional<Value> ofSequence(Sequence sequence, String name) {
    boolean known =
        switch (sequence.kind()) {
          case LIST -> LIST_METHODS.contains(name);
          case TUPLE -> name.equals("index") || name.equals("count");
          default -> throw Kinds.fault("The attribute " + name, sequence);
        };
    return known
        ? Optional.of(new Function(name, arguments -> method(sequence, name, arguments)))
        : Optional.empty();
  }

  private Value method(Mapping mapping, String name, Arguments arguments) {
    List<Value> given = arguments.onlyPositional(name);
    if (name.equals("get") && (given.size() == 1 || given.size() == 2)) {
      return Items.find(mapping, given.get(0))
          .orElseGet(() -> given.size() == 2 ? given.get(1) : Value.None.NONE);
    }
    if (!given.isEmpty()) {
      throw new Fault("The method " + name + " of a mapping with arguments is not known");
    }
    meter.elements(mapping.entries().size());
    return switch (name) {
      case "items" -> view(items(mapping));
      case "keys" -> view(List.copyOf(mapping.entries().keySet()));
      case "values" -> view(List.copyOf(mapping.entries().values()));
      case "copy" -> mapping;
      default -> throw new Fault("The method " + name + " of a mapping is not for templates");
    };
  }

  private static Value view(List<Value> elements) {
    return new Sequence(Sequence.Kind.VIEW, elements);
  }

  /** The entries as tuples of key and value. */
  static List<Value> items(Mapping mapping) {
    return mapping.entries().entrySet().stream().map(Attributes::tuple).toList();
  }

  private static Value tuple(Map.Entry<Value, Value> entry) {
    return Sequence.tuple(entry.getKey(), entry.getValue());
  }

  private Value method(Sequence sequence, String name, Arguments arguments) {
    Operators operators = new Operators(meter);
    return switch (name) {
      case "index" -> {
        Value wanted = arguments.bind(name, "value").require("value");
        for (int i = 0; i < sequence.elements().size(); i++) {
          if (operators.same(sequence.elements().get(i), wanted)) {
            yield Value.of(i);
          }
        }
        throw new Fault("index finds no such element");
      }
      case "count" -> {
        Value wanted = arguments.bind(name, "value").require("value");
        yield Value.of(
            sequence.elements().stream().filter(one -> operators.same(one, wanted)).count());
      }
      case "copy" -> {
        arguments.bind(name);
        yield sequence;
      }
      default ->
          throw new Fault("The method " + name + ", which changes a list, is not for templates");
    };
  }
}
