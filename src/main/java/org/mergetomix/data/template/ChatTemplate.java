package org.mergetomix.data.template;

import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import org.mergetomix.data.template.syntax.Fault;
import org.mergetomix.data.template.syntax.ParsedTemplate;
import org.mergetomix.data.template.syntax.TemplateParser;
import org.mergetomix.problem.UserException;

/**
 * A chat template: the subset of Jinja that published ones use, rendered as transformers renders
 * it, to the byte. What is not known is refused with its name and line; so is what would run long
 * or take much memory. A template reaches nothing but the values that it is given. Immutable, so
 * several threads may render with one.
 */
public final class ChatTemplate {

  /** Some times the longest that is published. */
  private static final int MAX_LENGTH = 250_000;

  private static final int MAX_MESSAGE = 600;

  private final String name;
  private final ParsedTemplate template;

  private ChatTemplate(String name, ParsedTemplate template) {
    this.name = name;
    this.template = template;
  }

  /**
   * Reads a template.
   *
   * @param name what messages call it, such as its file
   * @param source its text
   * @throws UserException if it is not a template that we know, with the line
   */
  public static ChatTemplate parse(String name, String source) {
    if (source.length() > MAX_LENGTH) {
      throw UserException.input(
          "The chat template has more than " + MAX_LENGTH + " characters",
          name,
          "Choose another chat template");
    }
    TemplateParser parser = new TemplateParser(source);
    try {
      return new ChatTemplate(name, parser.parse());
    } catch (Fault fault) {
      throw refusal(name, parser.line(), fault, "Choose another chat template");
    }
  }

  /** Whether the template marks completions, by <code>{% generation %}</code>. */
  public boolean marksCompletions() {
    return template.marksCompletions();
  }

  /** What messages call it. */
  public String name() {
    return name;
  }

  /**
   * Renders the template.
   *
   * @param variables what its names stand for; a name without a value is undefined in it
   * @param now what {@code strftime_now} writes
   * @throws UserException if the template raises an exception, uses what is not known, or does too
   *     much, with the line
   */
  public Rendering render(Map<String, Value> variables, LocalDateTime now) {
    Meter meter = new Meter();
    Interpreter interpreter = new Interpreter(meter);
    Map<String, Value> all = new HashMap<>(new Functions(meter, now).all());
    all.putAll(variables);
    try {
      return interpreter.run(template, all);
    } catch (Fault fault) {
      throw refusal(
          name,
          interpreter.line(),
          fault,
          "Mend the conversation, or choose another chat template");
    }
  }

  private static UserException refusal(String name, int line, Fault fault, String remedy) {
    String message = fault.getMessage();
    String what =
        message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) + "..." : message;
    return UserException.input(what, name + ", line " + line, remedy);
  }
}
