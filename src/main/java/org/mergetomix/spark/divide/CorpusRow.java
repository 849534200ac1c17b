package org.mergetomix.spark.divide;

import java.io.Serializable;
import java.util.List;
import org.mergetomix.problem.Problem;

/** What reading a row of a corpus came to. */
public sealed interface CorpusRow extends Serializable {

  /** Where it stands: unique, and ascending in the order of the corpus. */
  long id();

  /**
   * A row to be divided.
   *
   * @param text what it says
   * @param label the value that decides its part; empty where its text does
   * @param json the whole row as an object of JSON; empty where Spark reads the file itself
   */
  record Kept(long id, String text, String label, String json) implements CorpusRow {}

  /** A row with nothing in it. */
  record Empty(long id) implements CorpusRow {}

  /** A row that does not fit, or a file that cannot be read. */
  record Refused(long id, List<Problem> problems) implements CorpusRow {

    public Refused {
      problems = List.copyOf(problems);
    }
  }
}
