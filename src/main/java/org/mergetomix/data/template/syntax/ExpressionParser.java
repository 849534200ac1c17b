package org.mergetomix.data.template.syntax;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.mergetomix.data.template.syntax.Expression.And;
import org.mergetomix.data.template.syntax.Expression.ArgumentList;
import org.mergetomix.data.template.syntax.Expression.Arithmetic;
import org.mergetomix.data.template.syntax.Expression.Comparison;
import org.mergetomix.data.template.syntax.Expression.Concatenation;
import org.mergetomix.data.template.syntax.Expression.Conditional;
import org.mergetomix.data.template.syntax.Expression.Filter;
import org.mergetomix.data.template.syntax.Expression.Link;
import org.mergetomix.data.template.syntax.Expression.Not;
import org.mergetomix.data.template.syntax.Expression.Or;
import org.mergetomix.data.template.syntax.Expression.Signed;
import org.mergetomix.data.template.syntax.Expression.TupleLiteral;
import org.mergetomix.data.template.syntax.Token.Kind;

/**
 * Parses expressions with Jinja's precedence, which is Python's but for this: filters bind tighter
 * than signs, {@code ~} lies between {@code +} and {@code *}, and {@code **} is read from the left.
 */
final class ExpressionParser {

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

  private final TokenStream tokens;
  private final PrimaryParser primaries;

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
    this.primaries = new PrimaryParser(tokens, this);
  }

  /** An expression, or several with commas between them, which are a tuple. */
  Expression tuple() {
    return tuple(this::expression).orElseThrow(() -> tokens.unexpected("an expression"));
  }

  /** The same where {@code if} belongs to the statement and not to the expression. */
  Expression tupleWithoutCondition() {
    return tuple(this::or).orElseThrow(() -> tokens.unexpected("an expression"));
  }

  /** What stands in round brackets, of which the first is read. */
  Expression bracketed(int line) {
    Expression content = tuple(this::expression).orElse(new TupleLiteral(List.of(), line));
    tokens.expectMark(")");
    return content;
  }

  private Optional<Expression> tuple(Supplier<Expression> element) {
    int line = tokens.line();
    List<Expression> elements = new ArrayList<>();
    boolean several = false;
    while (!endsTuple()) {
      elements.add(element.get());
      if (!tokens.skipMark(",")) {
        break;
      }
      several = true;
    }
    if (several) {
      return Optional.of(new TupleLiteral(List.copyOf(elements), line));
    }
    return elements.stream().findFirst();
  }

  private boolean endsTuple() {
    Token token = tokens.current();
    return token.kind() == Kind.OUTPUT_END || token.kind() == Kind.BLOCK_END || token.isMark(")");
  }

  Expression expression() {
    tokens.enter();
    int line = tokens.line();
    Expression value = or();
    while (tokens.skipName("if")) {
      Expression condition = or();
      Optional<Expression> otherwise =
          tokens.skipName("else") ? Optional.of(expression()) : Optional.empty();
      value = new Conditional(condition, value, otherwise, line);
    }
    tokens.leave();
    return value;
  }

  private Expression or() {
    Expression left = and();
    while (tokens.current().isName("or")) {
      int line = tokens.next().line();
      left = new Or(left, and(), line);
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (tokens.current().isName("and")) {
      int line = tokens.next().line();
      left = new And(left, not(), line);
    }
    return left;
  }

  private Expression not() {
    if (!tokens.current().isName("not")) {
      return comparison();
    }
    tokens.enter();
    int line = tokens.next().line();
    Expression negated = new Not(not(), line);
    tokens.leave();
    return negated;
  }

  private Expression comparison() {
    int line = tokens.line();
    Expression first = sum();
    List<Link> links = new ArrayList<>();
    for (Optional<String> operator = comparisonOperator();
        operator.isPresent();
        operator = comparisonOperator()) {
      links.add(new Link(operator.get(), sum()));
    }
    return links.isEmpty() ? first : new Comparison(first, List.copyOf(links), line);
  }

  private Optional<String> comparisonOperator() {
    Token token = tokens.current();
    if (token.kind() == Kind.MARK && COMPARISONS.contains(token.text())) {
      return Optional.of(tokens.next().text());
    }
    if (tokens.skipName("in")) {
      return Optional.of("in");
    }
    if (token.isName("not") && tokens.following().isName("in")) {
      tokens.next();
      tokens.next();
      return Optional.of("not in");
    }
    return Optional.empty();
  }

  private Expression sum() {
    return leftToRight(this::concatenation, Set.of("+", "-"));
  }

  private Expression concatenation() {
    int line = tokens.line();
    List<Expression> parts = new ArrayList<>();
    parts.add(product());
    while (tokens.skipMark("~")) {
      parts.add(product());
    }
    return parts.size() == 1 ? parts.get(0) : new Concatenation(List.copyOf(parts), line);
  }

  private Expression product() {
    return leftToRight(this::power, Set.of("*", "/", "//", "%"));
  }

  private Expression power() {
    return leftToRight(() -> filtered(signed()), Set.of("**"));
  }

  private Expression leftToRight(Supplier<Expression> operand, Set<String> operators) {
    Expression left = operand.get();
    while (tokens.current().kind() == Kind.MARK && operators.contains(tokens.current().text())) {
      Token operator = tokens.next();
      left = new Arithmetic(operator.text(), left, operand.get(), operator.line());
    }
    return left;
  }

  /** An operand with its signs, and with what is called on it or taken from it. */
  private Expression signed() {
    Token token = tokens.current();
    if (!token.isMark("-") && !token.isMark("+")) {
      return primaries.postfix(primaries.primary());
    }
    tokens.enter();
    tokens.next();
    Expression operand = new Signed(token.text(), signed(), token.line());
    tokens.leave();
    return primaries.postfix(operand);
  }

  private Expression filtered(Expression operand) {
    Expression value = operand;
    while (true) {
      if (tokens.current().isMark("|")) {
        value = filter(value);
      } else if (tokens.current().isName("is")) {
        value = test(value);
      } else if (tokens.current().isMark("(")) {
        value = primaries.call(value);
      } else {
        return value;
      }
    }
  }

  /** A filter of {@code target}, from its {@code |} on. */
  Filter filter(Expression target) {
    tokens.expectMark("|");
    int line = tokens.line();
    String name = dottedName();
    ArgumentList arguments = tokens.skipMark("(") ? arguments() : ArgumentList.NONE;
    return new Filter(target, name, arguments, line);
  }

  private Expression test(Expression target) {
    int line = tokens.next().line();
    boolean negated = tokens.skipName("not");
    String name = dottedName();
    Expression test = new Expression.Test(target, name, testArguments(), line);
    return negated ? new Not(test, line) : test;
  }

  private ArgumentList testArguments() {
    Token token = tokens.current();
    if (tokens.skipMark("(")) {
      return arguments();
    }
    boolean one =
        switch (token.kind()) {
          case NAME -> !Set.of("else", "or", "and").contains(token.text());
          case STRING, WHOLE, REAL -> true;
          case MARK -> token.isMark("[") || token.isMark("{");
          default -> false;
        };
    if (!one) {
      return ArgumentList.NONE;
    }
    if (token.isName("is")) {
      throw new Fault("A test of a test is not possible: put the first one in brackets");
    }
    return new ArgumentList(List.of(primaries.postfix(primaries.primary())), Map.of());
  }

  private String dottedName() {
    String name = tokens.expectName();
    if (tokens.current().isMark(".")) {
      throw new Fault("A filter or test named " + name + ". with a point is not known");
    }
    return name;
  }

  /** Arguments, of which the opening bracket is read, up to and with the closing one. */
  ArgumentList arguments() {
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    while (!tokens.skipMark(")")) {
      if (!positional.isEmpty() || !named.isEmpty()) {
        tokens.expectMark(",");
        if (tokens.skipMark(")")) {
          break;
        }
      }
      argument(positional, named);
    }
    return new ArgumentList(List.copyOf(positional), named);
  }

  private void argument(List<Expression> positional, Map<String, Expression> named) {
    Token token = tokens.current();
    if (token.isMark("*") || token.isMark("**")) {
      throw new Fault("Arguments spread by " + token.text() + " are not known");
    }
    if (token.kind() == Kind.NAME && tokens.following().isMark("=")) {
      tokens.next();
      tokens.next();
      if (named.put(token.text(), expression()) != null) {
        throw new Fault("The argument " + token.text() + " is given twice");
      }
    } else if (named.isEmpty()) {
      positional.add(expression());
    } else {
      throw new Fault("An argument without a name follows one with a name");
    }
  }
}
