/**
 * Renders chat templates. {@link org.mergetomix.data.template.ChatTemplate} is the way in; {@link
 * org.mergetomix.data.template.Value} is what goes into one. The parts: {@code syntax} reads a
 * template, {@code Interpreter} runs its statements, {@code Evaluator} finds the values of its
 * expressions, {@code Filters}, {@code ValueTests}, {@code TextMethods} and {@code Functions} are
 * what it may call, and a {@code Meter} counts what all of them do.
 *
 * <p>The truth is Jinja 3.1 as transformers 5.24 sets it up. Where a template asks for what is not
 * known here, or what Python would answer in a way of its own, it is refused and not guessed at.
 * There is no reflection: nothing of Java can be reached from a template.
 */
package org.mergetomix.data.template;
