package org.mergetomix.executor;

import java.util.List;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/**
 * A score that is NaN or infinite: a result of the model that was scored, and no reason to give up
 * the slot that scored it.
 */
public final class NotANumber {

  private NotANumber() {}

  /** What to say of a task whose score is not a number. */
  public static Problem problem(String task) {
    return new Problem(
        "The score is not a number",
        "task " + task,
        "Look for NaN or infinite values in the experts' checkpoints");
  }

  /** The same as a failure. */
  public static UserException of(String task) {
    return UserException.input(List.of(problem(task)));
  }
}
