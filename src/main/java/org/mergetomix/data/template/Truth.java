package org.mergetomix.data.template;

/** Whether a value counts as true. */
final class Truth {

  private Truth() {}

  static boolean of(Value value) {
    if (value instanceof Value.Bool bool) {
      return bool.value();
    }
    if (value instanceof Value.Text text) {
      return !text.value().isEmpty();
    }
    if (value instanceof Value.Whole whole) {
      return whole.value() != 0;
    }
    if (value instanceof Value.Real real) {
      return real.value() != 0;
    }
    if (value instanceof Value.Sequence sequence) {
      return !sequence.elements().isEmpty();
    }
    if (value instanceof Value.Mapping mapping) {
      return !mapping.entries().isEmpty();
    }
    if (value instanceof SafeText safe) {
      return !safe.text().isEmpty();
    }
    return value != Value.None.NONE && !(value instanceof Undefined);
  }
}
