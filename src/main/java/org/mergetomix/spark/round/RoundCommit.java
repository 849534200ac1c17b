package org.mergetomix.spark.round;

import static org.apache.spark.sql.functions.col;

import java.util.Locale;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.mergetomix.executor.RoundWork;
import org.mergetomix.location.Location;
import org.mergetomix.problem.UserException;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.Evaluations;
import org.mergetomix.table.EvaluationsTable;
import org.mergetomix.table.RowStatus;

/** Makes the rows of a job durable, and stops a search in which too much failed. */
public final class RoundCommit {

  private final EvaluationsTable table;
  private final Location output;
  private final long maximumFailed;

  /**
   * Commits to a table.
   *
   * @param output of the run, for messages
   * @param maximumFailed how many mixtures may fail
   */
  public RoundCommit(EvaluationsTable table, Location output, long maximumFailed) {
    this.table = table;
    this.output = output;
    this.maximumFailed = maximumFailed;
  }

  /**
   * Computes rows and commits them; returns when they are durable.
   *
   * @throws UserException if more mixtures failed, since the search began, than may
   */
  public void append(
      RoundWork.Mark mark, JavaRDD<EvaluationRow> rows, RoundWork.Counters counters) {
    Evaluations appended = table.append(mark.strategy(), mark.number(), rows);
    if (counters.failed().value() > maximumFailed) {
      throw tooManyFailed(appended);
    }
  }

  private UserException tooManyFailed(Evaluations appended) {
    Row first =
        appended
            .dataset()
            .where(col("status").equalTo(RowStatus.FAILED.text()))
            .orderBy("mixture")
            .select("mixture", "error")
            .first();
    String mixture = first.getString(0).isEmpty() ? "the base" : first.getString(0);
    return UserException.input(
        String.format(
            Locale.ROOT,
            "More mixtures failed than search.max-failed = %d allows; the first is %s: %s",
            maximumFailed,
            mixture,
            first.getString(1)),
        output.toString(),
        "Mend the cause, or raise search.max-failed, and start again: what is committed is kept");
  }
}
