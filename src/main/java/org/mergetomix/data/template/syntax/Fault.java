package org.mergetomix.data.template.syntax;

/**
 * What a template cannot do, as a sentence without a full stop. Whoever called the template adds
 * the template's name and the line, and shows it to the user. It has no stack trace: a template is
 * an input, not code of ours.
 */
public final class Fault extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** A fault at the line that is being parsed or rendered. */
  public Fault(String what) {
    super(what, null, false, false);
  }
}
