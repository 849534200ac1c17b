package org.mergetomix.output;

import java.io.IOException;
import java.util.Optional;
import org.mergetomix.location.Location;
import org.mergetomix.problem.FileFailure;
import org.mergetomix.problem.UserException;
import org.mergetomix.store.OtherRegion;

/** What can be wrong with an output, as what the user has to mend. */
public final class OutputProblems {

  private static final int DEEPEST = 50;

  private OutputProblems() {}

  /** What a failure to use an output directory means. */
  public static UserException of(Location directory, IOException failure) {
    if (!directory.isLocal()) {
      Optional<UserException> known = ofStore(failure, directory.toString());
      if (known.isPresent()) {
        return known.get();
      }
    }
    return UserException.input(
        "The output directory cannot be used: " + reason(failure),
        directory.toString(),
        directory.isLocal()
            ? "Choose an output that can be written, with room on its disk"
            : "Choose an output that can be written",
        failure);
  }

  /** What a failure to write one file means. */
  static UserException ofFile(Location file, IOException failure) {
    return (file.isLocal() ? Optional.<UserException>empty() : ofStore(failure, file.toString()))
        .orElseGet(
            () ->
                UserException.input(
                    "The file cannot be written: " + reason(failure),
                    file.toString(),
                    "",
                    failure));
  }

  /** The class that reads a store is missing. */
  static UserException noConnector(Location location) {
    return UserException.usage(
        "There is no file system for "
            + location.uri().substring(0, location.uri().indexOf(':') + 1),
        location.toString(),
        "Add its connector to the jars of the job: for s3a, hadoop-aws and the AWS SDK,"
            + " as the README says");
  }

  /**
   * What a failure of a store means, if it is one of those that a user can mend.
   *
   * @param where what was read or written
   */
  public static Optional<UserException> ofStore(Throwable failure, String where) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++, cause = cause.getCause()) {
      if (cause instanceof IOException stated) {
        Optional<UserException> otherRegion = OtherRegion.problem(stated, where);
        if (otherRegion.isPresent()) {
          return otherRegion;
        }
      }
      Optional<UserException> problem = storeProblem(cause, where);
      if (problem.isPresent()) {
        return problem;
      }
    }
    return Optional.empty();
  }

  private static Optional<UserException> storeProblem(Throwable cause, String where) {
    return switch (FileFailure.of(cause)) {
      case NO_BUCKET ->
          problem("The bucket does not exist", where, "Create it, or correct its name", cause);
      case DENIED ->
          problem(
              "The store denies access",
              where,
              "Check the credentials that Spark and Hadoop find, spark.hadoop.fs.s3a.* among them:"
                  + " the job has to list, read, write and delete there",
              cause);
      case UNREACHABLE ->
          problem(
              "The store cannot be reached",
              where,
              "Check spark.hadoop.fs.s3a.endpoint and the network. How long a store is asked again"
                  + " is said by fs.s3a.attempts.maximum, fs.s3a.retry.limit and"
                  + " fs.s3a.connection.establish.timeout",
              cause);
      default -> Optional.empty();
    };
  }

  /** What a failure of the file system means that ended a job, if a user can mend it. */
  static Optional<UserException> ofJob(IOException failure, String where) {
    return switch (FileFailure.of(failure)) {
      case FULL ->
          problem(
              "The disk is full",
              where,
              "Make room and start again: what is committed is kept",
              failure);
      case DENIED, READ_ONLY, NOT_MADE ->
          problem(
              "No permission to write",
              where,
              "Choose an output that can be written, or mend its permissions",
              failure);
      default -> Optional.empty();
    };
  }

  private static Optional<UserException> problem(
      String what, String where, String remedy, Throwable cause) {
    return Optional.of(UserException.input(what, where, remedy, cause));
  }

  /** What the file system said, without the names of classes. */
  private static String reason(IOException failure) {
    return switch (FileFailure.of(failure)) {
      case IS_FILE -> "it is a file";
      case DENIED -> "no permission";
      case MISSING, NOT_MADE -> "it cannot be created";
      default -> FileFailure.reason(failure);
    };
  }
}
