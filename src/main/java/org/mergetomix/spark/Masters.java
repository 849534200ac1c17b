package org.mergetomix.spark;

import java.util.ServiceLoader;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.apache.spark.scheduler.ExternalClusterManager;
import org.mergetomix.problem.UserException;

/**
 * The masters that Spark can be asked for. Spark itself finds out when it has half started, and
 * logs a stack trace for a letter too many.
 */
final class Masters {

  private static final String COUNT = "[1-9][0-9]{0,5}";

  private static final Pattern OWN =
      Pattern.compile(
          "local(\\[(\\*|COUNT)( *, *COUNT)?])?|local-cluster\\[.*]|spark://[^/,:]+:COUNT(,[^/,:]+:COUNT)*"
              .replace("COUNT", COUNT));

  private Masters() {}

  /**
   * Makes sure that Spark knows a master; whether it is there, is not asked.
   *
   * @throws UserException usage, if it does not
   */
  static void require(String master) {
    if (OWN.matcher(master).matches()) {
      return;
    }
    ServiceLoader<ExternalClusterManager> added =
        ServiceLoader.load(
            ExternalClusterManager.class, Thread.currentThread().getContextClassLoader());
    if (StreamSupport.stream(added.spliterator(), false)
        .noneMatch(manager -> manager.canCreate(master))) {
      throw UserException.usage(
          "Spark has no such master",
          "spark.master = " + master,
          "Name one that it has, such as local[*], local[4] or spark://host:7077; yarn and k8s take"
              + " a Spark that was built with them");
    }
  }
}
