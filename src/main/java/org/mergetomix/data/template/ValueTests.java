package org.mergetomix.data.template;

import java.util.Optional;
import org.mergetomix.data.template.Value.Sequence;
import org.mergetomix.data.template.syntax.Fault;

/** What {@code is} asks. */
final class ValueTests {

  private final Operators operators;

  ValueTests(Operators operators) {
    this.operators = operators;
  }

  /**
   * Whether {@code value is name(arguments)}.
   *
   * @throws Fault if there is no such test, or not of this value
   */
  boolean test(String name, Value value, Arguments arguments) {
    Optional<String> operator = operator(name);
    if (operator.isPresent()) {
      return operators.compare(
          operator.get(), value, arguments.bind(name, "other").require("other"));
    }
    if (name.equals("divisibleby")) {
      Value divisor = arguments.bind(name, "num").require("num");
      return !Truth.of(operators.arithmetic("%", value, divisor));
    }
    if (name.equals("sameas")) {
      return isSame(value, arguments.bind(name, "other").require("other"));
    }
    arguments.bind("The test " + name);
    return switch (name) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value == Value.None.NONE;
      case "true" -> value instanceof Value.Bool bool && bool.value();
      case "false" -> value instanceof Value.Bool bool && !bool.value();
      case "boolean" -> value instanceof Value.Bool;
      case "integer" -> value instanceof Value.Whole;
      case "float" -> value instanceof Value.Real;
      case "number" -> Operators.isNumber(value);
      case "string" -> value instanceof Value.Text || value instanceof SafeText;
      case "mapping" -> value instanceof Value.Mapping;
      case "iterable" -> isIterable(value) || value instanceof OneTime || value instanceof Loop;
      case "sequence" ->
          isIterable(value)
              && !(value instanceof Sequence view && view.kind() == Sequence.Kind.VIEW);
      case "callable" ->
          value instanceof Function || value instanceof Undefined || value instanceof Loop;
      case "odd" -> Truth.of(operators.arithmetic("%", value, Value.of(2)));
      case "even" -> !Truth.of(operators.arithmetic("%", value, Value.of(2)));
      default -> throw new Fault("The test " + name + " is not known");
    };
  }

  private static Optional<String> operator(String name) {
    return switch (name) {
      case "eq", "equalto" -> Optional.of("==");
      case "ne" -> Optional.of("!=");
      case "lt", "lessthan" -> Optional.of("<");
      case "le" -> Optional.of("<=");
      case "gt", "greaterthan" -> Optional.of(">");
      case "ge" -> Optional.of(">=");
      case "==", "!=", "<", "<=", ">", ">=", "in" -> Optional.of(name);
      default -> Optional.empty();
    };
  }

  private static boolean isIterable(Value value) {
    return value instanceof Value.Text
        || value instanceof SafeText
        || value instanceof Sequence
        || value instanceof Value.Mapping
        || value instanceof Undefined;
  }

  /** Identity is known for the values of which there is one. */
  private static boolean isSame(Value value, Value other) {
    if (other instanceof Value.Bool || other == Value.None.NONE) {
      return value.equals(other);
    }
    throw Kinds.fault("The test sameas", other);
  }
}
