package org.mergetomix.data.template.syntax;

import java.util.List;
import java.util.Optional;
import org.mergetomix.data.template.syntax.Expression.Filter;

/** A part of a template that writes, decides, repeats or names something. */
public sealed interface Statement {

  /** Text that is copied to the output. */
  record Data(String text) implements Statement {}

  /** <code>{{ value }}</code>. */
  record Output(Expression value) implements Statement {}

  /** <code>{% if %}</code> with its <code>{% elif %}</code>; the first true branch runs. */
  record If(List<Branch> branches, List<Statement> otherwise) implements Statement {}

  /** A condition and what runs if it holds. */
  record Branch(Expression condition, List<Statement> body) {}

  /** <code>{% for target in sequence if condition %}</code>. */
  record For(
      Target target,
      Expression sequence,
      Optional<Expression> condition,
      List<Statement> body,
      List<Statement> otherwise)
      implements Statement {}

  /** <code>{% set target = value %}</code>. */
  record Assign(Target target, Expression value) implements Statement {}

  /**
   * <code>{% set target %}</code>, with what is written up to the end of the block.
   *
   * @param filter what the text goes through; its innermost target is the name {@link #CAPTURED}
   */
  record Capture(Target target, Optional<Filter> filter, List<Statement> body)
      implements Statement {

    /** A name that no template can write. */
    public static final String CAPTURED = " captured";
  }

  /** <code>{% macro name(parameters) %}</code>. */
  record Macro(String name, List<Parameter> parameters, List<Statement> body)
      implements Statement {}

  /** A macro's parameter and what it is if nothing is given. */
  record Parameter(String name, Optional<Expression> otherwise) {}

  /** <code>{% generation %}</code>: what is written up to its end is a completion. */
  record Generation(List<Statement> body) implements Statement {}

  /** <code>{% break %}</code>. */
  record Break() implements Statement {}

  /** <code>{% continue %}</code>. */
  record Continue() implements Statement {}

  /** What is assigned to. */
  sealed interface Target {

    /** A variable. */
    record Variable(String name) implements Target {}

    /** {@code name.attribute} of a namespace. */
    record NamespaceAttribute(String name, String attribute, int line) implements Target {}

    /** Several, which the elements of one value are assigned to. */
    record Unpacked(List<Target> targets) implements Target {}
  }
}
