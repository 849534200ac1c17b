package org.mergetomix.data.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mergetomix.data.template.Value.None;
import org.mergetomix.data.template.Value.Sequence;
import org.mergetomix.data.template.syntax.Expression;
import org.mergetomix.data.template.syntax.Expression.And;
import org.mergetomix.data.template.syntax.Expression.ArgumentList;
import org.mergetomix.data.template.syntax.Expression.Arithmetic;
import org.mergetomix.data.template.syntax.Expression.Attribute;
import org.mergetomix.data.template.syntax.Expression.BooleanLiteral;
import org.mergetomix.data.template.syntax.Expression.Call;
import org.mergetomix.data.template.syntax.Expression.Comparison;
import org.mergetomix.data.template.syntax.Expression.Concatenation;
import org.mergetomix.data.template.syntax.Expression.Conditional;
import org.mergetomix.data.template.syntax.Expression.Entry;
import org.mergetomix.data.template.syntax.Expression.Filter;
import org.mergetomix.data.template.syntax.Expression.Item;
import org.mergetomix.data.template.syntax.Expression.Link;
import org.mergetomix.data.template.syntax.Expression.ListLiteral;
import org.mergetomix.data.template.syntax.Expression.MappingLiteral;
import org.mergetomix.data.template.syntax.Expression.Name;
import org.mergetomix.data.template.syntax.Expression.NoneLiteral;
import org.mergetomix.data.template.syntax.Expression.Not;
import org.mergetomix.data.template.syntax.Expression.Or;
import org.mergetomix.data.template.syntax.Expression.RealLiteral;
import org.mergetomix.data.template.syntax.Expression.Signed;
import org.mergetomix.data.template.syntax.Expression.Slice;
import org.mergetomix.data.template.syntax.Expression.Test;
import org.mergetomix.data.template.syntax.Expression.TextLiteral;
import org.mergetomix.data.template.syntax.Expression.TupleLiteral;
import org.mergetomix.data.template.syntax.Expression.WholeLiteral;
import org.mergetomix.data.template.syntax.Fault;

/** Finds the values of expressions. */
final class Evaluator {

  /** What Jinja gives to templates, or to macros that use them, and we do not. */
  private static final Set<String> UNKNOWN_NAMES =
      Set.of("caller", "varargs", "kwargs", "self", "lipsum", "cycler", "joiner");

  private final Meter meter;
  private final Operators operators;
  private final Printer printer;
  private final Items items;
  private final Attributes attributes;
  private final ValueTests tests;
  private final Filters filters;
  private int line = 1;

  Evaluator(Meter meter) {
    this.meter = meter;
    this.operators = new Operators(meter);
    this.printer = new Printer(meter);
    this.items = new Items(meter);
    this.attributes = new Attributes(meter);
    this.tests = new ValueTests(operators);
    this.filters = new Filters(meter, tests, operators);
  }

  /** The line that was reached, from 1. */
  int line() {
    return line;
  }

  void reach(int newLine) {
    line = newLine;
  }

  Value value(Expression expression, Scope scope) {
    meter.enter();
    line = expression.line();
    Value value = evaluate(expression, scope);
    meter.leave();
    return value;
  }

  private Value evaluate(Expression expression, Scope scope) {
    if (expression instanceof Name name) {
      return name(name.name(), scope);
    }
    if (expression instanceof TextLiteral literal) {
      return new Value.Text(literal.value());
    }
    if (expression instanceof Attribute attribute) {
      Value target = value(attribute.target(), scope);
      return attributes.attribute(target, attribute.name());
    }
    if (expression instanceof Item item) {
      Value target = value(item.target(), scope);
      return items.item(target, value(item.key(), scope));
    }
    if (expression instanceof Call call) {
      return call(call, scope);
    }
    if (expression instanceof Filter filter) {
      Value target = value(filter.target(), scope);
      Arguments arguments = arguments(filter.arguments(), scope);
      line = filter.line();
      return filters.apply(filter.name(), target, arguments);
    }
    if (expression instanceof Test test) {
      Value target = value(test.target(), scope);
      Arguments arguments = arguments(test.arguments(), scope);
      line = test.line();
      return Value.of(tests.test(test.name(), target, arguments));
    }
    if (expression instanceof Slice slice) {
      Value target = value(slice.target(), scope);
      return items.slice(
          target,
          bound(slice.start(), scope),
          bound(slice.stop(), scope),
          bound(slice.step(), scope));
    }
    return logic(expression, scope).orElseGet(() -> literal(expression, scope));
  }

  private Value name(String name, Scope scope) {
    Optional<Value> found = scope.find(name);
    if (found.isEmpty() && UNKNOWN_NAMES.contains(name)) {
      throw new Fault("The name " + name + " is not known");
    }
    return found.orElseGet(() -> new Undefined("'" + name + "' is not defined"));
  }

  private Value bound(Optional<Expression> expression, Scope scope) {
    return expression.map(one -> value(one, scope)).orElse(None.NONE);
  }

  private Value call(Call call, Scope scope) {
    Value target = value(call.target(), scope);
    Arguments arguments = arguments(call.arguments(), scope);
    line = call.line();
    if (target instanceof Function function) {
      Value result = function.body().call(arguments);
      line = call.line();
      return result;
    }
    throw Kinds.fault("Calling it", target);
  }

  private Arguments arguments(ArgumentList list, Scope scope) {
    List<Value> positional = values(list.positional(), scope);
    Map<String, Value> named = new LinkedHashMap<>();
    list.named().forEach((name, expression) -> named.put(name, value(expression, scope)));
    return new Arguments(positional, named);
  }

  private List<Value> values(List<Expression> expressions, Scope scope) {
    return expressions.stream().map(expression -> value(expression, scope)).toList();
  }

  private Optional<Value> logic(Expression expression, Scope scope) {
    if (expression instanceof Comparison comparison) {
      return Optional.of(Value.of(compare(comparison, scope)));
    }
    if (expression instanceof And and) {
      Value left = value(and.left(), scope);
      return Optional.of(Truth.of(left) ? value(and.right(), scope) : left);
    }
    if (expression instanceof Or or) {
      Value left = value(or.left(), scope);
      return Optional.of(Truth.of(left) ? left : value(or.right(), scope));
    }
    if (expression instanceof Not not) {
      return Optional.of(Value.of(!Truth.of(value(not.operand(), scope))));
    }
    if (expression instanceof Conditional conditional) {
      return Optional.of(choose(conditional, scope));
    }
    if (expression instanceof Arithmetic arithmetic) {
      Value left = value(arithmetic.left(), scope);
      Value right = value(arithmetic.right(), scope);
      line = arithmetic.line();
      return Optional.of(operators.arithmetic(arithmetic.operator(), left, right));
    }
    if (expression instanceof Concatenation concatenation) {
      return Optional.of(concatenate(concatenation, scope));
    }
    if (expression instanceof Signed signed) {
      return Optional.of(Operators.signed(signed.sign(), value(signed.operand(), scope)));
    }
    return Optional.empty();
  }

  private boolean compare(Comparison comparison, Scope scope) {
    Value left = value(comparison.first(), scope);
    for (Link link : comparison.links()) {
      Value right = value(link.operand(), scope);
      line = comparison.line();
      if (!operators.compare(link.operator(), left, right)) {
        return false;
      }
      left = right;
    }
    return true;
  }

  private Value choose(Conditional conditional, Scope scope) {
    if (Truth.of(value(conditional.condition(), scope))) {
      return value(conditional.then(), scope);
    }
    return conditional
        .otherwise()
        .map(otherwise -> value(otherwise, scope))
        .orElseGet(() -> new Undefined("a condition without else was false"));
  }

  private Value concatenate(Concatenation concatenation, Scope scope) {
    StringBuilder text = new StringBuilder();
    for (Value part : values(concatenation.parts(), scope)) {
      String more = printer.text(part);
      meter.growth((long) text.length() + more.length(), more.length());
      text.append(more);
    }
    return new Value.Text(text.toString());
  }

  private Value literal(Expression expression, Scope scope) {
    if (expression instanceof WholeLiteral literal) {
      return Value.of(literal.value());
    }
    if (expression instanceof BooleanLiteral literal) {
      return Value.of(literal.value());
    }
    if (expression instanceof NoneLiteral) {
      return None.NONE;
    }
    if (expression instanceof RealLiteral literal) {
      return new Value.Real(literal.value());
    }
    if (expression instanceof ListLiteral list) {
      return Sequence.list(values(list.elements(), scope));
    }
    if (expression instanceof TupleLiteral tuple) {
      return new Sequence(Sequence.Kind.TUPLE, values(tuple.elements(), scope));
    }
    if (expression instanceof MappingLiteral mapping) {
      return mapping(mapping, scope);
    }
    throw new IllegalStateException("No value is known for " + expression.getClass());
  }

  private Value mapping(MappingLiteral literal, Scope scope) {
    Map<Value, Value> entries = new LinkedHashMap<>();
    for (Entry entry : literal.entries()) {
      Value key = value(entry.key(), scope);
      if (!(key instanceof Value.Text || key instanceof Value.Whole || key == None.NONE)) {
        throw Kinds.fault("Being a key", key);
      }
      entries.put(key, value(entry.value(), scope));
    }
    return new Value.Mapping(entries);
  }
}
