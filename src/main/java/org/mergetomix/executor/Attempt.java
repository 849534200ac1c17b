package org.mergetomix.executor;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.mergetomix.problem.UserException;

/**
 * What a Spark task came to: a result, or what the user has to mend. Thrown out of the task, a
 * refusal would be tried again and again, with the same end, and hide those of other tasks.
 */
public sealed interface Attempt<T extends Serializable> extends Serializable {

  /** It was done. */
  record Done<T extends Serializable>(T result) implements Attempt<T> {}

  /** It cannot be done before something is mended. */
  record Refused<T extends Serializable>(UserException refusal) implements Attempt<T> {}

  /** Tries; only what the user can mend becomes a value. */
  static <T extends Serializable> Attempt<T> of(Supplier<T> work) {
    try {
      return new Done<>(work.get());
    } catch (UserException refusal) {
      return new Refused<>(refusal);
    }
  }

  /**
   * The results of all.
   *
   * @throws UserException with every refusal, if there is one
   */
  static <T extends Serializable> List<T> results(List<Attempt<T>> attempts) {
    List<UserException> refusals =
        attempts.stream().flatMap(attempt -> attempt.refused().stream()).distinct().toList();
    if (!refusals.isEmpty()) {
      throw UserException.together(refusals);
    }
    return attempts.stream().flatMap(attempt -> attempt.done().stream()).toList();
  }

  /** The result, if there is one. */
  default Optional<T> done() {
    return this instanceof Done<T> done ? Optional.of(done.result()) : Optional.empty();
  }

  /** What is to be mended, if there is something. */
  default Optional<UserException> refused() {
    return this instanceof Refused<T> refused ? Optional.of(refused.refusal()) : Optional.empty();
  }
}
