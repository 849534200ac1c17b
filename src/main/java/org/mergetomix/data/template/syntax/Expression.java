package org.mergetomix.data.template.syntax;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A part of a template that has a value. Every one knows its line, from 1. */
public sealed interface Expression {

  /** Where it stands, from 1. */
  int line();

  /** The expressions that it is made of, not theirs again. */
  default List<Expression> parts() {
    return List.of();
  }

  /** {@code none}. */
  record NoneLiteral(int line) implements Expression {}

  /** {@code true} or {@code false}. */
  record BooleanLiteral(boolean value, int line) implements Expression {}

  /** A whole number. */
  record WholeLiteral(long value, int line) implements Expression {}

  /** A number with a point or an exponent. */
  record RealLiteral(double value, int line) implements Expression {}

  /** A string, or several side by side. */
  record TextLiteral(String value, int line) implements Expression {}

  /** {@code [a, b]}. */
  record ListLiteral(List<Expression> elements, int line) implements Expression {
    @Override
    public List<Expression> parts() {
      return elements;
    }
  }

  /** {@code (a, b)}. */
  record TupleLiteral(List<Expression> elements, int line) implements Expression {
    @Override
    public List<Expression> parts() {
      return elements;
    }
  }

  /** <code>{a: b}</code>; the entries are in order, and a later one of the same key wins. */
  record MappingLiteral(List<Entry> entries, int line) implements Expression {
    @Override
    public List<Expression> parts() {
      return entries.stream().flatMap(entry -> Stream.of(entry.key(), entry.value())).toList();
    }
  }

  /** A key and its value in a literal. */
  record Entry(Expression key, Expression value) {}

  /** A variable. */
  record Name(String name, int line) implements Expression {}

  /** {@code target.name}. */
  record Attribute(Expression target, String name, int line) implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of(target);
    }
  }

  /** {@code target[key]}. */
  record Item(Expression target, Expression key, int line) implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of(target, key);
    }
  }

  /** {@code target[start:stop:step]}. */
  record Slice(
      Expression target,
      Optional<Expression> start,
      Optional<Expression> stop,
      Optional<Expression> step,
      int line)
      implements Expression {
    @Override
    public List<Expression> parts() {
      return Stream.concat(
              Stream.of(target), Stream.of(start, stop, step).flatMap(Optional::stream))
          .toList();
    }
  }

  /** {@code target(arguments)}. */
  record Call(Expression target, ArgumentList arguments, int line) implements Expression {
    @Override
    public List<Expression> parts() {
      return arguments.with(target);
    }
  }

  /** {@code target|name(arguments)}. */
  record Filter(Expression target, String name, ArgumentList arguments, int line)
      implements Expression {
    @Override
    public List<Expression> parts() {
      return arguments.with(target);
    }
  }

  /** {@code target is name(arguments)}. */
  record Test(Expression target, String name, ArgumentList arguments, int line)
      implements Expression {
    @Override
    public List<Expression> parts() {
      return arguments.with(target);
    }
  }

  /** {@code not operand}. */
  record Not(Expression operand, int line) implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of(operand);
    }
  }

  /** {@code -operand} or {@code +operand}. */
  record Signed(String sign, Expression operand, int line) implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of(operand);
    }
  }

  /** Two operands and an arithmetic operator. */
  record Arithmetic(String operator, Expression left, Expression right, int line)
      implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of(left, right);
    }
  }

  /** {@code first == second < third}: each link is compared with the one before it. */
  record Comparison(Expression first, List<Link> links, int line) implements Expression {
    @Override
    public List<Expression> parts() {
      return Stream.concat(Stream.of(first), links.stream().map(Link::operand)).toList();
    }
  }

  /** An operator, {@code in} and {@code not in} among them, and what stands on its right. */
  record Link(String operator, Expression operand) {}

  /** {@code left and right}. */
  record And(Expression left, Expression right, int line) implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of(left, right);
    }
  }

  /** {@code left or right}. */
  record Or(Expression left, Expression right, int line) implements Expression {
    @Override
    public List<Expression> parts() {
      return List.of(left, right);
    }
  }

  /** {@code a ~ b ~ c}. */
  record Concatenation(List<Expression> parts, int line) implements Expression {}

  /** {@code then if condition else otherwise}. */
  record Conditional(
      Expression condition, Expression then, Optional<Expression> otherwise, int line)
      implements Expression {
    @Override
    public List<Expression> parts() {
      return Stream.concat(Stream.of(condition, then), otherwise.stream()).toList();
    }
  }

  /** What is given in a call: by position, then by name. */
  record ArgumentList(List<Expression> positional, Map<String, Expression> named) {

    /** No arguments. */
    static final ArgumentList NONE = new ArgumentList(List.of(), Map.of());

    private List<Expression> with(Expression target) {
      return Stream.of(List.of(target), positional, named.values())
          .<Expression>flatMap(Collection::stream)
          .toList();
    }
  }
}
