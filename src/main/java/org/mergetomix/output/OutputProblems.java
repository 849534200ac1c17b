package org.mergetomix.output;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.mergetomix.location.Location;
import org.mergetomix.problem.UserException;
import org.mergetomix.store.OtherRegion;

/** What can be wrong with an output, as what the user has to mend. */
public final class OutputProblems {

  private static final int DEEPEST = 50;

  /** By their names: the connector's own classes are not there without the connector. */
  private static final Pattern NO_BUCKET = Pattern.compile("UnknownStoreException");

  private static final Pattern UNREACHABLE =
      Pattern.compile(
          "ConnectException|ConnectTimeoutException|UnknownHostException|NoRouteToHostException"
              + "|SocketTimeoutException|ApiCallTimeoutException|HttpHostConnectException");

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
      String name = cause.getClass().getSimpleName();
      if (NO_BUCKET.matcher(name).matches()) {
        return problem("The bucket does not exist", where, "Create it, or correct its name", cause);
      }
      if (cause instanceof IOException stated) {
        Optional<UserException> otherRegion = OtherRegion.problem(stated, where);
        if (otherRegion.isPresent()) {
          return otherRegion;
        }
      }
      if (cause instanceof AccessDeniedException) {
        return problem(
            "The store denies access",
            where,
            "Check the credentials that Spark and Hadoop find, spark.hadoop.fs.s3a.* among them:"
                + " the job has to list, read, write and delete there",
            cause);
      }
      if (UNREACHABLE.matcher(name).matches()) {
        return problem(
            "The store cannot be reached",
            where,
            "Check spark.hadoop.fs.s3a.endpoint and the network. How long a store is asked again"
                + " is said by fs.s3a.attempts.maximum, fs.s3a.retry.limit and"
                + " fs.s3a.connection.establish.timeout",
            cause);
      }
    }
    return Optional.empty();
  }

  private static Optional<UserException> problem(
      String what, String where, String remedy, Throwable cause) {
    return Optional.of(UserException.input(what, where, remedy, cause));
  }

  /** What the file system said, without the names of classes. */
  private static String reason(IOException failure) {
    String message = Optional.ofNullable(failure.getMessage()).orElse("");
    if (failure instanceof ParentNotDirectoryException
        || failure instanceof FileAlreadyExistsException
        || message.contains("Not a directory")) {
      return "it is a file";
    }
    if (failure instanceof AccessDeniedException || message.contains("Permission denied")) {
      return "no permission";
    }
    if (failure instanceof FileNotFoundException || message.startsWith("Mkdirs failed")) {
      return "it cannot be created";
    }
    return Stream.of(message.split("\n", 2)).findFirst().orElse("");
  }
}
