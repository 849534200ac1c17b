package org.mergetomix.data.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.mergetomix.data.template.Value.Sequence;
import org.mergetomix.data.template.Value.Text;
import org.mergetomix.data.template.Value.Whole;
import org.mergetomix.data.template.syntax.Fault;

/** Arithmetic and comparisons as Python does them. */
final class Operators {

  private final Meter meter;

  Operators(Meter meter) {
    this.meter = meter;
  }

  Value arithmetic(String operator, Value left, Value right) {
    if (operator.equals("+") && left instanceof Text first && right instanceof Text second) {
      meter.text((long) first.value().length() + second.value().length());
      return new Text(first.value() + second.value());
    }
    if (operator.equals("+")
        && left instanceof Sequence first
        && right instanceof Sequence second
        && first.kind() == second.kind()
        && first.kind() != Sequence.Kind.RANGE
        && first.kind() != Sequence.Kind.VIEW) {
      meter.elements((long) first.elements().size() + second.elements().size());
      List<Value> both = new ArrayList<>(first.elements());
      both.addAll(second.elements());
      return new Sequence(first.kind(), both);
    }
    if (operator.equals("*") && left instanceof Text text && isWhole(right)) {
      return repeat(text.value(), whole(right));
    }
    if (operator.equals("*") && right instanceof Text text && isWhole(left)) {
      return repeat(text.value(), whole(left));
    }
    if (isWhole(left) && isWhole(right)) {
      return wholeArithmetic(operator, whole(left), whole(right));
    }
    if (isNumber(left) && isNumber(right)) {
      return new Value.Real(realArithmetic(operator, real(left), real(right)));
    }
    throw Kinds.fault(
        "The operator " + operator + " with " + Kinds.of(right),
        right instanceof Undefined ? right : left);
  }

  private Value repeat(String text, long times) {
    long count = Math.max(0, Math.min(times, Integer.MAX_VALUE));
    meter.text(count * text.length());
    return new Text(text.isEmpty() ? "" : text.repeat((int) count));
  }

  private static Value wholeArithmetic(String operator, long left, long right) {
    try {
      return switch (operator) {
        case "+" -> Value.of(Math.addExact(left, right));
        case "-" -> Value.of(Math.subtractExact(left, right));
        case "*" -> Value.of(Math.multiplyExact(left, right));
        case "/" -> new Value.Real((double) left / divisor(right));
        case "//" -> Value.of(floorDivision(left, divisor(right)));
        case "%" -> Value.of(Math.floorMod(left, divisor(right)));
        default -> power(left, right);
      };
    } catch (ArithmeticException tooLarge) {
      throw new Fault("A whole number becomes too large");
    }
  }

  private static long floorDivision(long left, long right) {
    return right == -1 ? Math.negateExact(left) : Math.floorDiv(left, right);
  }

  private static Value power(long base, long exponent) {
    if (exponent < 0 || exponent > Long.SIZE) {
      throw new Fault("The power " + exponent + " is not known");
    }
    long power = 1;
    for (long i = 0; i < exponent; i++) {
      power = Math.multiplyExact(power, base);
    }
    return Value.of(power);
  }

  private static long divisor(long value) {
    if (value == 0) {
      throw new Fault("A number is divided by zero");
    }
    return value;
  }

  private static double realArithmetic(String operator, double left, double right) {
    return switch (operator) {
      case "+" -> left + right;
      case "-" -> left - right;
      case "*" -> left * right;
      case "/" -> {
        if (right == 0) {
          throw new Fault("A number is divided by zero");
        }
        yield left / right;
      }
      default ->
          throw new Fault("The operator " + operator + " is not known for numbers with a fraction");
    };
  }

  /** {@code operator} applied to a number. */
  static Value signed(String sign, Value value) {
    if (isWhole(value)) {
      return wholeArithmetic(sign, 0, whole(value));
    }
    if (value instanceof Value.Real real) {
      return sign.equals("-") ? new Value.Real(-real.value()) : value;
    }
    throw Kinds.fault("The sign " + sign, value);
  }

  /** One of {@code == != < <= > >= in}, and {@code not in}. */
  boolean compare(String operator, Value left, Value right) {
    return switch (operator) {
      case "==" -> same(left, right);
      case "!=" -> !same(left, right);
      case "in" -> contains(right, left);
      case "not in" -> !contains(right, left);
      case "<" -> order(left, right) < 0;
      case "<=" -> order(left, right) <= 0;
      case ">" -> order(left, right) > 0;
      default -> order(left, right) >= 0;
    };
  }

  /** Whether two values are equal: true is 1, and 1 is 1.0. */
  boolean same(Value left, Value right) {
    meter.enter();
    boolean same;
    if (left instanceof Text first && right instanceof Text second) {
      meter.text(Math.min(first.value().length(), second.value().length()));
      same = first.value().equals(second.value());
    } else if (isNumber(left) && isNumber(right)) {
      same =
          (isWhole(left) && isWhole(right))
              ? whole(left) == whole(right)
              : exact(left) == exact(right);
    } else if (left instanceof Sequence first && right instanceof Sequence second) {
      same = same(first, second);
    } else if (left instanceof Value.Mapping first && right instanceof Value.Mapping second) {
      same = same(first, second);
    } else if (left instanceof SafeText || right instanceof SafeText) {
      throw new Fault("Comparing a text made safe is not known");
    } else if (left instanceof Function || right instanceof Function) {
      throw new Fault("Comparing a function is not known");
    } else {
      same = left == right || (left instanceof Undefined && right instanceof Undefined);
    }
    meter.leave();
    return same;
  }

  private static double exact(Value number) {
    double real = real(number);
    if (isWhole(number) && Math.abs(real) >= 0x1p53) {
      throw new Fault("Comparing so large a whole number with a fraction is not known");
    }
    return real;
  }

  private boolean same(Sequence left, Sequence right) {
    if (left.kind() == Sequence.Kind.VIEW || right.kind() == Sequence.Kind.VIEW) {
      throw new Fault("Comparing the keys, values or items of a mapping is not known");
    }
    if (left.kind() != right.kind() || left.elements().size() != right.elements().size()) {
      return false;
    }
    for (int i = 0; i < left.elements().size(); i++) {
      if (!same(left.elements().get(i), right.elements().get(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean same(Value.Mapping left, Value.Mapping right) {
    if (left.entries().size() != right.entries().size()) {
      return false;
    }
    for (Map.Entry<Value, Value> entry : left.entries().entrySet()) {
      Value other = right.entries().get(entry.getKey());
      if (other == null || !same(entry.getValue(), other)) {
        return false;
      }
    }
    return true;
  }

  /** Negative, zero or positive, as the left one is before, equal to or after the right one. */
  int order(Value left, Value right) {
    meter.step();
    if (left instanceof Text first && right instanceof Text second) {
      meter.text(Math.min(first.value().length(), second.value().length()));
      return CodePoints.ORDER.compare(first.value(), second.value());
    }
    if (isWhole(left) && isWhole(right)) {
      return Long.compare(whole(left), whole(right));
    }
    if (isNumber(left) && isNumber(right)) {
      double first = exact(left);
      double second = exact(right);
      if (Double.isNaN(first) || Double.isNaN(second)) {
        throw new Fault("Comparing what is not a number is not known");
      }
      return first == second ? 0 : Double.compare(first, second);
    }
    throw Kinds.fault(
        "Comparing the order with " + Kinds.of(right), right instanceof Undefined ? right : left);
  }

  private boolean contains(Value container, Value value) {
    if (container instanceof Text text) {
      if (value instanceof Text part) {
        meter.text((long) text.value().length() + part.value().length());
        return TextSearch.first(text.value(), part.value(), 0) >= 0;
      }
      throw Kinds.fault("Looking into a text", value);
    }
    if (container instanceof Value.Mapping mapping) {
      return Items.find(mapping, value).isPresent();
    }
    if (container instanceof Sequence sequence) {
      return sequence.elements().stream().anyMatch(element -> same(element, value));
    }
    if (container instanceof Undefined) {
      return false;
    }
    throw Kinds.fault("Looking into it", container);
  }

  static boolean isWhole(Value value) {
    return value instanceof Whole || value instanceof Value.Bool;
  }

  static boolean isNumber(Value value) {
    return isWhole(value) || value instanceof Value.Real;
  }

  static long whole(Value value) {
    return value instanceof Value.Bool bool ? bool.value() ? 1 : 0 : ((Whole) value).value();
  }

  static double real(Value value) {
    return value instanceof Value.Real real ? real.value() : whole(value);
  }
}
