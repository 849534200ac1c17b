package org.mergetomix.output;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.Locale;
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
      if (cause instanceof IOException && !place.isEmpty()) {
        Optional<UserException> store = OutputProblems.ofStore(cause, place);
        if (store.isPresent()) {
          return store;
        }
      }
      if (cause instanceof IOException) {
        Optional<UserException> outside = outside((IOException) cause, place);
        if (outside.isPresent()) {
          return outside;
        }
      }
    }
    return Optional.empty();
  }

  /** A failure of the file system; {@code place} is what Spark was writing, if it says so. */
  private static Optional<UserException> outside(IOException failure, String place) {
    String message = Optional.ofNullable(failure.getMessage()).orElse("");
    String lower = message.toLowerCase(Locale.ROOT);
    String where = place.isEmpty() ? message : place + ": " + message;
    if (lower.contains("no space left") || lower.contains("disk quota exceeded")) {
      return Optional.of(
          UserException.input(
              "The disk is full",
              where,
              "Make room and start again: what is committed is kept",
              failure));
    }
    if (failure instanceof AccessDeniedException
        || lower.contains("permission denied")
        || lower.contains("read-only file system")
        || lower.contains("mkdirs failed")) {
      return Optional.of(
          UserException.input(
              "No permission to write",
              where,
              "Choose an output that can be written, or mend its permissions",
              failure));
    }
    return Optional.empty();
  }
}
