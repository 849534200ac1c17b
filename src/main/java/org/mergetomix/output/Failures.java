package org.mergetomix.output;

import java.io.IOException;
import java.util.Optional;
import org.mergetomix.problem.UserException;

/** What a failure inside Spark means to the user. */
public final class Failures {

  private static final int DEEPEST = 50;

  private Failures() {}

  /** A failure in one line, for a table: its message, and its type when it is not for users. */
  public static String describe(Throwable failure) {
    if (failure instanceof UserException) {
      return failure.getMessage();
    }
    String message = Optional.ofNullable(failure.getMessage()).orElse("");
    return (failure.getClass().getSimpleName() + ": " + message).lines().findFirst().orElse("");
  }

  /**
   * The problem behind a failure that the user can mend, if it is one: a user error thrown in a
   * task, a full disk, a missing permission.
   */
  public static Optional<UserException> mendable(Throwable failure) {
    Throwable cause = failure;
    String place = "";
    for (int depth = 0; cause != null && depth < DEEPEST; depth++, cause = cause.getCause()) {
      if (cause instanceof UserException mendable) {
        return Optional.of(mendable);
      }
      if (cause instanceof TableWriteException table) {
        place = table.location();
      }
      Optional<UserException> known =
          cause instanceof IOException failed
              ? outside(failed, place)
              : DamagedTable.problem(cause);
      if (known.isPresent()) {
        return known;
      }
    }
    return Optional.empty();
  }

  /** A failure of the file system; {@code place} is what Spark was writing, if it says so. */
  private static Optional<UserException> outside(IOException failure, String place) {
    String message = Optional.ofNullable(failure.getMessage()).orElse("");
    return (place.isEmpty()
            ? Optional.<UserException>empty()
            : OutputProblems.ofStore(failure, place))
        .or(
            () ->
                OutputProblems.ofJob(failure, place.isEmpty() ? message : place + ": " + message));
  }
}
