package org.mergetomix.spark;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.mergetomix.problem.UserException;

/**
 * The Spark that the program was started on. Another one fails in its own ways, late or never: with
 * methods that are missing, or with a server that is waited for.
 */
final class Platform {

  private static final String NEEDED = "Spark 4.0 with Scala 2.13";

  private Platform() {}

  /**
   * Makes sure of Spark's version.
   *
   * @throws UserException usage, if it is older than 4
   */
  static void requireVersion(String version) {
    if (Integer.parseInt(version.replaceFirst("\\D.*", "")) < 4) {
      throw UserException.usage(
          "This is Spark %s, and merge-to-mix needs %s".formatted(version, NEEDED),
          "",
          "Start it with the spark-submit of such a Spark, or on a cluster that has one");
    }
  }

  /**
   * Makes sure that the work is done in this process's own Spark, which has RDDs.
   *
   * @param environment the variables of this process
   * @throws UserException usage, if the settings name a server of Spark Connect
   */
  static void requireClassic(SparkConf conf, Map<String, String> environment) {
    boolean isClient =
        conf.contains("spark.remote")
            || environment.containsKey("SPARK_REMOTE")
            || conf.get("spark.api.mode", "classic").equals("connect");
    if (isClient) {
      throw UserException.usage(
          "Spark Connect has no RDDs, which merge-to-mix works with",
          "spark.remote, spark.api.mode or SPARK_REMOTE",
          "Leave out --remote, unset SPARK_REMOTE, and name the cluster with --master");
    }
  }

  /**
   * The context of a session that was there, which has RDDs.
   *
   * @param context asks the session for it
   * @throws UserException usage, if it refuses
   */
  static SparkContext requireContext(Supplier<SparkContext> context) {
    try {
      return context.get();
    } catch (UnsupportedOperationException | SecurityException refused) {
      throw UserException.usage(
          "This session gives no access to RDDs, which merge-to-mix works with",
          "",
          "Use a cluster of the job's own: on Databricks one with dedicated access mode (single"
              + " user), neither serverless nor shared");
    }
  }
}
