package org.mergetomix.data.template;

/**
 * A part of a rendered text.
 *
 * @param start where it begins, in code points
 * @param end where it ends, in code points; not less than {@code start}
 */
public record Span(int start, int end) {

  /** A span whose end is not before its start. */
  public Span {
    if (start < 0 || end < start) {
      throw new IllegalArgumentException("No span: " + start + " to " + end);
    }
  }
}
