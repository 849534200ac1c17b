package org.mergetomix.executor;

import java.util.List;
import java.util.stream.Collectors;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/**
 * A score that is NaN or infinite: a result of the model that was scored, and no reason to give up
 * the slot that scored it.
 */
public final class NotANumber {

  private NotANumber() {}

  /**
   * What to say of a task whose score is not a number.
   *
   * @param inputs what of the model's base and experts is none either
   */
  public static Problem problem(String task, List<Problem> inputs) {
    String causes =
        inputs.stream()
            .map(input -> "%s (%s). %s".formatted(input.what(), input.where(), input.remedy()))
            .collect(Collectors.joining(". "));
    return new Problem(
        "The score is not a number",
        "task " + task,
        inputs.isEmpty()
            ? "Base and experts are all numbers, so the model's own are too large: lower"
                + " merge.lambda, or the learning rate of the training"
            : causes);
  }

  /** The same as a failure. */
  public static UserException of(String task, List<Problem> inputs) {
    return UserException.input(List.of(problem(task, inputs)));
  }
}
