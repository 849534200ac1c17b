package org.mergetomix.executor;

import java.util.List;
import java.util.stream.Collectors;
import org.mergetomix.model.Precision;
import org.mergetomix.plan.ModelInput;
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
   * @param model what computed it
   */
  public static Problem problem(String task, List<Problem> inputs, ModelInput model) {
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
                + range(model)
            : causes);
  }

  /** What else may hold larger numbers. */
  private static String range(ModelInput model) {
    String wider =
        model.precision() == Precision.FLOAT32
            ? ""
            : ", or set evaluation.precision to " + Precision.FLOAT32.key();
    return model instanceof ModelInput.OfWorker
        ? wider
            + "; a worker reads surrogates in the base's own types: where those are float16, which"
            + " ends at 65,504, store base and experts in bfloat16"
        : wider;
  }

  /** The same as a failure. */
  public static UserException of(String task, List<Problem> inputs, ModelInput model) {
    return UserException.input(List.of(problem(task, inputs, model)));
  }
}
