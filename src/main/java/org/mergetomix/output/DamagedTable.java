package org.mergetomix.output;

import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.SparkThrowable;
import org.mergetomix.problem.FileFailure;
import org.mergetomix.problem.UserException;

/** A file of a table that was cut off or changed after it was written, as Spark says it. */
final class DamagedTable {

  private static final String CONDITION = "FAILED_READ_FILE";
  private static final String ROUND = "round=";
  private static final int DEEPEST = 50;

  /** By their names: the connector's own classes are not there without the connector. */
  private static final Pattern STORE_CLASS = Pattern.compile("(AWS|Sdk).*");

  private DamagedTable() {}

  /** What a failure means if Spark names a file that it could not read; often it is not that. */
  static Optional<UserException> problem(Throwable failure) {
    if (!(failure instanceof SparkThrowable said)
        || said.getCondition() == null
        || !said.getCondition().startsWith(CONDITION)) {
      return Optional.empty();
    }
    String file = plain(said.getMessageParameters().getOrDefault("path", ""));
    if (!file.startsWith("/")) {
      Optional<UserException> store = OutputProblems.ofStore(failure, file);
      if (store.isPresent()) {
        return store;
      }
    }
    return isUnreadable(failure)
        ? Optional.empty()
        : Optional.of(
            UserException.input("A file of a table is damaged", file, remedy(file), failure));
  }

  /** Whether its bytes did not come, so nothing can be said of them. */
  private static boolean isUnreadable(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++, cause = cause.getCause()) {
      if (FileFailure.of(cause) != FileFailure.OTHER
          || STORE_CLASS.matcher(cause.getClass().getSimpleName()).matches()) {
        return true;
      }
    }
    return false;
  }

  private static String remedy(String file) {
    int round = file.lastIndexOf("/" + ROUND);
    if (round < 0) {
      return "Run the command that wrote it again: search for ranked, fidelity for fidelity";
    }
    String folder = file.substring(0, file.lastIndexOf('/'));
    return "Delete the round, %s, and search again: what it holds is evaluated again"
        .formatted(folder);
  }

  /** As other messages name files. */
  private static String plain(String path) {
    return path.replaceFirst("^file:(//)?(?=/)", "");
  }
}
