package org.mergetomix.executor;

import java.util.List;
import java.util.Optional;
import org.mergetomix.problem.UserException;
import org.mergetomix.table.EvaluationRow;

/**
 * A score that is NaN or infinite: a result of the model that was scored, and no reason to give up
 * the slot that scored it.
 */
public final class NotANumber {

  private NotANumber() {}

  /** What to say of a task whose score is not a number. */
  public static UserException of(String task) {
    return UserException.input(
        "The score is not a number",
        "task " + task,
        "Look for NaN or infinite values in the experts' checkpoints");
  }

  /** What to say of the first row whose score is not a number. */
  static Optional<UserException> in(List<EvaluationRow> rows) {
    return rows.stream()
        .filter(row -> row.exampleScores().stream().anyMatch(scores -> !scores.finite()))
        .map(row -> of(row.task()))
        .findFirst();
  }
}
