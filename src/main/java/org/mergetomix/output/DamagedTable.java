package org.mergetomix.output;

import java.util.Optional;
import org.apache.spark.SparkThrowable;
import org.mergetomix.problem.UserException;

/** A file of a table that was cut off or changed after it was written, as Spark says it. */
final class DamagedTable {

  private static final String CONDITION = "FAILED_READ_FILE";
  private static final String ROUND = "round=";

  private DamagedTable() {}

  /** What a failure means if it is this one; its causes are not looked at. */
  static Optional<UserException> problem(Throwable failure) {
    if (!(failure instanceof SparkThrowable said)
        || said.getCondition() == null
        || !said.getCondition().startsWith(CONDITION)) {
      return Optional.empty();
    }
    String file = plain(said.getMessageParameters().getOrDefault("path", ""));
    return Optional.of(
        UserException.input("A file of a table is damaged", file, remedy(file), failure));
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
