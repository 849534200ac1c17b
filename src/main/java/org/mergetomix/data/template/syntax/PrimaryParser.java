package org.mergetomix.data.template.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mergetomix.data.template.syntax.Expression.Attribute;
import org.mergetomix.data.template.syntax.Expression.BooleanLiteral;
import org.mergetomix.data.template.syntax.Expression.Call;
import org.mergetomix.data.template.syntax.Expression.Entry;
import org.mergetomix.data.template.syntax.Expression.Item;
import org.mergetomix.data.template.syntax.Expression.ListLiteral;
import org.mergetomix.data.template.syntax.Expression.MappingLiteral;
import org.mergetomix.data.template.syntax.Expression.Name;
import org.mergetomix.data.template.syntax.Expression.NoneLiteral;
import org.mergetomix.data.template.syntax.Expression.RealLiteral;
import org.mergetomix.data.template.syntax.Expression.Slice;
import org.mergetomix.data.template.syntax.Expression.TextLiteral;
import org.mergetomix.data.template.syntax.Expression.WholeLiteral;
import org.mergetomix.data.template.syntax.Token.Kind;

/** Parses what binds tightest: names, literals, brackets, attributes, items and calls. */
final class PrimaryParser {

  private final TokenStream tokens;
  private final ExpressionParser expressions;

  PrimaryParser(TokenStream tokens, ExpressionParser expressions) {
    this.tokens = tokens;
    this.expressions = expressions;
  }

  Expression primary() {
    Token token = tokens.next();
    int line = token.line();
    return switch (token.kind()) {
      case NAME -> name(token.text(), line);
      case STRING -> text(token.text(), line);
      case WHOLE -> new WholeLiteral(whole(token.text()), line);
      case REAL -> new RealLiteral(Double.parseDouble(token.text()), line);
      case MARK -> bracket(token);
      default -> throw notAnExpression(token);
    };
  }

  private static Fault notAnExpression(Token token) {
    return new Fault("Expected an expression instead of " + token.shown());
  }

  private static Expression name(String name, int line) {
    return switch (name) {
      case "true", "True" -> new BooleanLiteral(true, line);
      case "false", "False" -> new BooleanLiteral(false, line);
      case "none", "None" -> new NoneLiteral(line);
      default -> new Name(name, line);
    };
  }

  private Expression text(String first, int line) {
    StringBuilder text = new StringBuilder(first);
    while (tokens.current().kind() == Kind.STRING) {
      text.append(tokens.next().text());
    }
    return new TextLiteral(text.toString(), line);
  }

  static long whole(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException tooLarge) {
      throw new Fault("The whole number " + digits + " is too large");
    }
  }

  private Expression bracket(Token token) {
    tokens.enter();
    Expression value =
        switch (token.text()) {
          case "(" -> expressions.bracketed(token.line());
          case "[" -> list(token.line());
          case "{" -> mapping(token.line());
          default -> throw notAnExpression(token);
        };
    tokens.leave();
    return value;
  }

  private Expression list(int line) {
    List<Expression> elements = new ArrayList<>();
    while (!tokens.skipMark("]")) {
      if (!elements.isEmpty()) {
        tokens.expectMark(",");
        if (tokens.skipMark("]")) {
          break;
        }
      }
      elements.add(expressions.expression());
    }
    return new ListLiteral(List.copyOf(elements), line);
  }

  private Expression mapping(int line) {
    List<Entry> entries = new ArrayList<>();
    while (!tokens.skipMark("}")) {
      if (!entries.isEmpty()) {
        tokens.expectMark(",");
        if (tokens.skipMark("}")) {
          break;
        }
      }
      Expression key = expressions.expression();
      tokens.expectMark(":");
      entries.add(new Entry(key, expressions.expression()));
    }
    return new MappingLiteral(List.copyOf(entries), line);
  }

  /** {@code target} with the attributes, items and calls that follow it. */
  Expression postfix(Expression target) {
    Expression value = target;
    while (true) {
      Token token = tokens.current();
      if (tokens.skipMark(".")) {
        value = attribute(value, token.line());
      } else if (tokens.skipMark("[")) {
        value = item(value, token.line());
      } else if (token.isMark("(")) {
        value = call(value);
      } else {
        return value;
      }
    }
  }

  private Expression attribute(Expression target, int line) {
    Token name = tokens.next();
    return switch (name.kind()) {
      case NAME -> new Attribute(target, name.text(), line);
      case WHOLE -> new Item(target, new WholeLiteral(whole(name.text()), line), line);
      default -> throw new Fault("Expected a name after the point instead of " + name.shown());
    };
  }

  private Expression item(Expression target, int line) {
    tokens.enter();
    Optional<Expression> start = beforeColon();
    Expression item;
    if (tokens.skipMark(":")) {
      Optional<Expression> stop = beforeColon();
      Optional<Expression> step = tokens.skipMark(":") ? beforeColon() : Optional.empty();
      item = new Slice(target, start, stop, step, line);
    } else {
      item = new Item(target, start.orElseThrow(() -> tokens.unexpected("a key")), line);
    }
    tokens.expectMark("]");
    tokens.leave();
    return item;
  }

  private Optional<Expression> beforeColon() {
    Token token = tokens.current();
    return token.isMark(":") || token.isMark("]")
        ? Optional.empty()
        : Optional.of(expressions.expression());
  }

  /** A call of {@code target}, from its bracket on. */
  Expression call(Expression target) {
    int line = tokens.line();
    tokens.expectMark("(");
    tokens.enter();
    Expression call = new Call(target, expressions.arguments(), line);
    tokens.leave();
    return call;
  }
}
