package org.mergetomix.plan;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/**
 * What a Spark task came to: a result, or what the user has to mend. Thrown out of the task, a
 * refusal would be tried again and again, with the same end, and hide those of other tasks.
 */
public sealed interface Attempt<T extends Serializable> extends Serializable {

  /** It was done. */
  record Done<T extends Serializable>(T result) implements Attempt<T> {}

  /**
   * It cannot be done before something is mended. Without its cause: a store may throw anything.
   */
  record Refused<T extends Serializable>(ExitCode exitCode, List<Problem> problems)
      implements Attempt<T> {}

  /** Tries; only what the user can mend becomes a value. */
  static <T extends Serializable> Attempt<T> of(Supplier<T> work) {
    try {
      return new Done<>(work.get());
    } catch (UserException refusal) {
      return new Refused<>(refusal.exitCode(), refusal.problems());
    }
  }

  /**
   * The results of all, in their order.
   *
   * @throws UserException with every refusal, if there is one
   */
  static <T extends Serializable> List<T> results(List<Attempt<T>> attempts) {
    List<UserException> refusals =
        attempts.stream().distinct().flatMap(attempt -> attempt.refused().stream()).toList();
    if (!refusals.isEmpty()) {
      throw UserException.together(refusals);
    }
    return attempts.stream().map(attempt -> ((Done<T>) attempt).result()).toList();
  }

  /** What is to be mended, if there is something. */
  default Optional<UserException> refused() {
    if (!(this instanceof Refused<T> refused)) {
      return Optional.empty();
    }
    return Optional.of(
        refused.exitCode() == ExitCode.USAGE
            ? UserException.usage(refused.problems())
            : UserException.input(refused.problems()));
  }
}
