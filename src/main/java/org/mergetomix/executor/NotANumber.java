package org.mergetomix.executor;

import org.mergetomix.problem.UserException;

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
}
