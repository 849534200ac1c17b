package org.mergetomix.data.template.syntax;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.mergetomix.data.template.syntax.Expression.Filter;
import org.mergetomix.data.template.syntax.Expression.Name;
import org.mergetomix.data.template.syntax.Statement.Assign;
import org.mergetomix.data.template.syntax.Statement.Branch;
import org.mergetomix.data.template.syntax.Statement.Break;
import org.mergetomix.data.template.syntax.Statement.Capture;
import org.mergetomix.data.template.syntax.Statement.Continue;
import org.mergetomix.data.template.syntax.Statement.Data;
import org.mergetomix.data.template.syntax.Statement.For;
import org.mergetomix.data.template.syntax.Statement.Generation;
import org.mergetomix.data.template.syntax.Statement.If;
import org.mergetomix.data.template.syntax.Statement.Macro;
import org.mergetomix.data.template.syntax.Statement.Output;
import org.mergetomix.data.template.syntax.Statement.Parameter;
import org.mergetomix.data.template.syntax.Statement.Target;
import org.mergetomix.data.template.syntax.Token.Kind;

/** Parses a template's statements. One is for one template and one thread. */
public final class TemplateParser {

  /** Names that mean something, so that no template may assign to them. */
  private static final Set<String> RESERVED =
      Set.of(
          "true", "false", "none", "True", "False", "None", "loop", "self", "not", "in", "is",
          "and", "or", "if", "else");

  private final Lexer lexer;
  private TokenStream tokens = new TokenStream(List.of(new Token(Kind.END, "", 1)));
  private ExpressionParser expressions = new ExpressionParser(tokens);
  private Where where = Where.TOP;
  private boolean hasGeneration;

  /** Parses {@code template} when it is asked to. */
  public TemplateParser(String template) {
    this.lexer = new Lexer(template);
  }

  /**
   * What surrounds a statement.
   *
   * @param loop whether there is a loop to break out of
   * @param captured whether what is written goes elsewhere than to the output
   */
  private record Where(boolean loop, boolean captured) {
    static final Where TOP = new Where(false, false);
  }

  /** The line that was reached, from 1: where a fault is. */
  public int line() {
    return tokens.current().kind() == Kind.END ? lexer.line() : tokens.line();
  }

  /**
   * The template's statements and what is known of them.
   *
   * @throws Fault if the template is not one that we know; {@link #line} is where
   */
  public ParsedTemplate parse() {
    tokens = new TokenStream(lexer.tokens());
    expressions = new ExpressionParser(tokens);
    List<Statement> statements = statements(Set.of());
    return new ParsedTemplate(statements, NameUse.own(statements), hasGeneration);
  }

  /** Statements up to a block with one of the names, whose name is the current token then. */
  private List<Statement> statements(Set<String> ends) {
    tokens.enter();
    List<Statement> statements = new ArrayList<>();
    while (true) {
      Token token = tokens.next();
      switch (token.kind()) {
        case DATA -> statements.add(new Data(token.text()));
        case OUTPUT_BEGIN -> {
          statements.add(new Output(expressions.tuple()));
          tokens.expect(Kind.OUTPUT_END, "}}");
        }
        case BLOCK_BEGIN -> {
          if (tokens.current().kind() == Kind.NAME && ends.contains(tokens.current().text())) {
            tokens.leave();
            return List.copyOf(statements);
          }
          statements.add(statement());
        }
        default -> {
          if (!ends.isEmpty()) {
            throw new Fault("A block is not closed: {% " + closing(ends) + " %} is missing");
          }
          tokens.leave();
          return List.copyOf(statements);
        }
      }
    }
  }

  private static String closing(Set<String> ends) {
    return ends.stream().filter(name -> name.startsWith("end")).findFirst().orElseThrow();
  }

  /** The statements of a block, whose own tag is to be closed yet, and its closing tag. */
  private List<Statement> body(Where inside, String end) {
    closeBlock();
    List<Statement> statements = statementsIn(inside, Set.of(end));
    tokens.next();
    closeBlock();
    return statements;
  }

  private List<Statement> statementsIn(Where inside, Set<String> ends) {
    Where outside = where;
    where = inside;
    List<Statement> statements = statements(ends);
    where = outside;
    return statements;
  }

  private void closeBlock() {
    tokens.expect(Kind.BLOCK_END, "%}");
  }

  private Statement statement() {
    String name = tokens.expect(Kind.NAME, "a statement").text();
    return switch (name) {
      case "if" -> parseIf();
      case "for" -> parseFor();
      case "set" -> parseSet();
      case "macro" -> parseMacro();
      case "generation" -> parseGeneration();
      case "break" -> inLoop(name, new Break());
      case "continue" -> inLoop(name, new Continue());
      default -> throw new Fault("The statement {% " + name + " %} is not known here");
    };
  }

  private Statement inLoop(String name, Statement statement) {
    if (!where.loop()) {
      throw new Fault("{% " + name + " %} is outside of a loop");
    }
    closeBlock();
    return statement;
  }

  private Statement parseIf() {
    Set<String> ends = Set.of("elif", "else", "endif");
    List<Branch> branches = new ArrayList<>();
    List<Statement> otherwise = List.of();
    String reached = "elif";
    while (reached.equals("elif")) {
      Expression condition = expressions.tupleWithoutCondition();
      closeBlock();
      branches.add(new Branch(condition, statements(ends)));
      reached = tokens.next().text();
    }
    if (reached.equals("else")) {
      otherwise = body(where, "endif");
    } else {
      closeBlock();
    }
    return new If(List.copyOf(branches), otherwise);
  }

  private Statement parseFor() {
    Target target = target();
    if (!tokens.skipName("in")) {
      throw tokens.unexpected("in");
    }
    Expression sequence = expressions.tupleWithoutCondition();
    Optional<Expression> condition =
        tokens.skipName("if") ? Optional.of(expressions.expression()) : Optional.empty();
    if (tokens.current().isName("recursive")) {
      throw new Fault("A recursive loop is not known");
    }
    closeBlock();
    List<Statement> body =
        statementsIn(new Where(true, where.captured()), Set.of("endfor", "else"));
    List<Statement> otherwise = List.of();
    if (tokens.next().isName("else")) {
      otherwise = body(where, "endfor");
    } else {
      closeBlock();
    }
    return new For(target, sequence, condition, body, otherwise);
  }

  private Statement parseSet() {
    Target target = target();
    if (tokens.skipMark("=")) {
      Expression value = expressions.tuple();
      closeBlock();
      return new Assign(target, value);
    }
    Optional<Filter> filter = Optional.empty();
    while (tokens.current().isMark("|")) {
      Expression captured =
          filter.<Expression>map(inner -> inner).orElse(new Name(Capture.CAPTURED, tokens.line()));
      filter = Optional.of(expressions.filter(captured));
    }
    return new Capture(target, filter, body(new Where(where.loop(), true), "endset"));
  }

  private Statement parseMacro() {
    String name = variable();
    tokens.expectMark("(");
    List<Parameter> parameters = new ArrayList<>();
    Set<String> names = new HashSet<>();
    while (!tokens.skipMark(")")) {
      if (!parameters.isEmpty()) {
        tokens.expectMark(",");
      }
      Parameter parameter = parameter();
      if (!names.add(parameter.name())) {
        throw new Fault("The macro " + name + " has the parameter " + parameter.name() + " twice");
      }
      if (parameter.otherwise().isEmpty()
          && parameters.stream().anyMatch(earlier -> earlier.otherwise().isPresent())) {
        throw new Fault("A parameter without a default follows one with a default");
      }
      parameters.add(parameter);
    }
    return new Macro(name, List.copyOf(parameters), body(new Where(false, true), "endmacro"));
  }

  private Parameter parameter() {
    String name = variable();
    return new Parameter(
        name, tokens.skipMark("=") ? Optional.of(expressions.expression()) : Optional.empty());
  }

  private Statement parseGeneration() {
    if (where.captured()) {
      throw new Fault(
          "{% generation %} inside of a macro, of {% set %} or of another one is not known");
    }
    hasGeneration = true;
    return new Generation(body(new Where(false, true), "endgeneration"));
  }

  private Target target() {
    List<Target> targets = new ArrayList<>();
    boolean bracket = tokens.skipMark("(");
    targets.add(single());
    boolean several = false;
    while (tokens.skipMark(",")) {
      several = true;
      targets.add(single());
    }
    if (bracket) {
      tokens.expectMark(")");
    }
    return several ? new Target.Unpacked(List.copyOf(targets)) : targets.get(0);
  }

  private Target single() {
    int line = tokens.line();
    String name = variable();
    return tokens.skipMark(".")
        ? new Target.NamespaceAttribute(name, tokens.expectName(), line)
        : new Target.Variable(name);
  }

  private String variable() {
    String name = tokens.expectName();
    if (RESERVED.contains(name)) {
      throw new Fault("The name " + name + " cannot be given to something else");
    }
    return name;
  }
}
