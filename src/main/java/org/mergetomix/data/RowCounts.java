package org.mergetomix.data;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.mergetomix.problem.Problem;

/**
 * What became of the rows of some data.
 *
 * @param kept how many examples they are
 * @param empty how many rows were left out because there is nothing in them
 * @param doubled how many of the examples stand there before
 */
public record RowCounts(long kept, long empty, long doubled) implements Serializable {

  /** What a user should know of them, of data that lies at {@code where}. */
  public List<Problem> warnings(String where) {
    List<Problem> warnings = new ArrayList<>();
    if (empty > 0) {
      warnings.add(new Problem(rows(empty) + " empty, and left out", where, ""));
    }
    if (doubled > 0) {
      warnings.add(
          new Problem(
              rows(doubled) + " there before, word for word, and kept",
              where,
              "Take them out if they are there by mistake"));
    }
    return List.copyOf(warnings);
  }

  private static String rows(long count) {
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? "row is" : "rows are");
  }
}
