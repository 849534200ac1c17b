package org.mergetomix.problem;

import java.io.Serializable;
import java.util.Objects;

/**
 * One thing that a user has to mend.
 *
 * @param what what is wrong, as a sentence without a full stop: {@code Unknown key search.topk}
 * @param where the file, line, key or tensor it was found in; empty when {@code what} says it all
 * @param remedy how to mend it, as a sentence without a full stop, or a question with its mark;
 *     empty when that is plain
 */
public record Problem(String what, String where, String remedy) implements Serializable {

  public Problem {
    Objects.requireNonNull(what);
    Objects.requireNonNull(where);
    Objects.requireNonNull(remedy);
  }

  /** The problem on one line, as it is shown to the user and written to tables. */
  public String message() {
    StringBuilder line = new StringBuilder(what);
    if (!where.isEmpty()) {
      line.append(" (").append(where).append(')');
    }
    line.append('.');
    if (!remedy.isEmpty()) {
      line.append(' ').append(remedy);
      if (!remedy.endsWith("?")) {
        line.append('.');
      }
    }
    return line.toString();
  }
}
