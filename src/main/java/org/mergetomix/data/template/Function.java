package org.mergetomix.data.template;

/**
 * What can be called: a macro, a method of a value, or one of the functions that every template
 * has.
 */
record Function(String name, Body body) implements Value {

  /** What a function does. */
  @FunctionalInterface
  interface Body {
    /**
     * The function's value.
     *
     * @throws org.mergetomix.data.template.syntax.Fault if it cannot be had with these arguments
     */
    Value call(Arguments arguments);
  }
}
