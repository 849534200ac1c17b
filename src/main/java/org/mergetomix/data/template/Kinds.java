package org.mergetomix.data.template;

import java.util.Locale;
import org.mergetomix.data.template.syntax.Fault;

/** What messages call a value. */
final class Kinds {

  private Kinds() {}

  /** The kind with its article: {@code a list}. */
  static String of(Value value) {
    if (value instanceof Value.Sequence sequence) {
      return "a " + sequence.kind().name().toLowerCase(Locale.ROOT);
    }
    if (value instanceof Undefined) {
      return "something undefined";
    }
    if (value instanceof Value.Bool) {
      return "true or false";
    }
    if (value instanceof Value.Whole) {
      return "a whole number";
    }
    if (value instanceof Value.Real) {
      return "a number with a fraction";
    }
    if (value instanceof Value.Text) {
      return "a text";
    }
    if (value instanceof SafeText) {
      return "a text made safe";
    }
    if (value instanceof Value.Mapping) {
      return "a mapping";
    }
    if (value instanceof Namespace) {
      return "a namespace";
    }
    if (value instanceof OneTime) {
      return "what a filter yields one by one";
    }
    if (value instanceof Function function) {
      return "the function " + function.name();
    }
    return value == Value.None.NONE ? "none" : "a loop";
  }

  /** The fault of a value that {@code doing} something with is not possible. */
  static Fault fault(String doing, Value value) {
    if (value instanceof Undefined undefined) {
      return new Fault(doing + " is not possible: " + undefined.what());
    }
    return new Fault(doing + " is not known for " + of(value));
  }
}
