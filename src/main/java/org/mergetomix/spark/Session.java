package org.mergetomix.spark;

import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.executor.ExecutorRuntime;
import org.mergetomix.problem.UserException;
import scala.Option;

/**
 * The Spark session that the actions run in. What was there already, a notebook's session or the
 * context of a shared cluster, is used and left open; what is started here is stopped with this.
 */
public final class Session implements AutoCloseable {

  /** What Spark says of a master that it cannot use. */
  private static final Pattern MASTER = Pattern.compile("[Mm]aster URL|run locally");

  private final SparkSession spark;
  private final boolean ours;

  private Session(SparkSession spark, boolean ours) {
    this.spark = spark;
    this.ours = ours;
  }

  /**
   * Opens a session, or takes the one that is there, as it is. The master is {@code spark.master}
   * of the configuration, else what spark-submit says, else every core of this machine. On one
   * machine Spark is kept to the loopback interface and its page is off, unless its own settings
   * say otherwise.
   *
   * @throws UserException if there is no such master
   */
  public static Session open(Configuration.Spark configuration) {
    Option<SparkSession> present = SparkSession.getDefaultSession();
    if (present.isDefined()) {
      return new Session(present.get(), false);
    }
    SparkConf conf = new SparkConf();
    if (!configuration.master().isEmpty()) {
      conf.setMaster(configuration.master());
    }
    conf.setIfMissing("spark.master", "local[*]");
    conf.setIfMissing("spark.app.name", configuration.appName());
    conf.setIfMissing("spark.sql.session.timeZone", "UTC");
    // With it on, executors ask the driver for every class that they do not find, in case somebody
    // added it to the session. Here nobody does.
    conf.setIfMissing("spark.sql.artifact.isolation.enabled", "false");
    if (conf.get("spark.master").startsWith("local[") || conf.get("spark.master").equals("local")) {
      conf.setIfMissing("spark.driver.host", "127.0.0.1");
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
      conf.setIfMissing("spark.ui.enabled", "false");
      conf.setIfMissing("spark.sql.shuffle.partitions", "4");
      // Heartbeats carry progress. One that comes before Spark is up, which takes seconds with a
      // large jar on a busy machine, makes Spark print errors that mean nothing.
      conf.setIfMissing("spark.executor.heartbeatInterval", "5s");
    }
    // There is an environment as long as there is a context, whoever started it.
    boolean ours = Optional.ofNullable(SparkEnv.get()).isEmpty();
    return new Session(start(conf), ours);
  }

  private static SparkSession start(SparkConf conf) {
    try {
      return SparkSession.builder().config(conf).getOrCreate();
    } catch (Exception failure) {
      // Declared by nobody: Scala has no checked exceptions.
      if (failure instanceof SparkException && MASTER.matcher(failure.getMessage()).find()) {
        throw UserException.usage(
            failure.getMessage(),
            "spark.master = " + conf.get("spark.master"),
            "Name a master that Spark knows, such as local[*] or spark://host:7077");
      }
      throw failure;
    }
  }

  /** The session. */
  public SparkSession spark() {
    return spark;
  }

  /** The context of a session, for RDDs. */
  public static JavaSparkContext context(SparkSession spark) {
    return JavaSparkContext.fromSparkContext(spark.sparkContext());
  }

  @Override
  public void close() {
    ExecutorRuntime.shutDown();
    if (ours) {
      spark.stop();
    }
  }
}
