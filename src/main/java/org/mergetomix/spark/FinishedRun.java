package org.mergetomix.spark;

import org.mergetomix.problem.UserException;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.table.RunRecord;

/** A run whose search has ended with a winner. */
final class FinishedRun {

  private FinishedRun() {}

  /**
   * The record of the run in a directory.
   *
   * @throws UserException (input) if there is none, or no winner yet
   */
  static RunRecord require(RunDirectory directory) {
    RunRecord record = directory.require();
    if (record.state() == RunRecord.State.SEARCHING) {
      throw UserException.input(
          "The search in the output directory is not finished",
          directory.location().toString(),
          "Run search again: it goes on where it stopped");
    }
    if (record.counts().evaluated() == 0) {
      throw UserException.input(
          "Every mixture of the search failed, so there is no winner",
          directory.location().toString(),
          "Look up the errors in its ranked table, and search again");
    }
    return record;
  }
}
