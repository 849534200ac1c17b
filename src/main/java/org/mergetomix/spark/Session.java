package org.mergetomix.spark;

import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.executor.ExecutorRuntime;
import scala.Option;

/**
 * The Spark session that the actions run in. What was there already, a notebook's session or the
 * context of a shared cluster, is used and left open; what is started here is stopped with this.
 */
public final class Session implements AutoCloseable {

  /** What spark-submit calls an application for which no name is given: its main class. */
  private static final String UNNAMED = "org.mergetomix.MergeToMix";

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
   * say otherwise. On a cluster, an executor has run a task when this returns.
   *
   * @throws org.mergetomix.problem.UserException usage, if there is no such master, if this is not
   *     the Spark that is needed, or if no executor does anything for as long as is configured
   */
  public static Session open(Configuration.Spark configuration) {
    Platform.requireVersion(org.apache.spark.package$.MODULE$.SPARK_VERSION());
    SparkConf conf = new SparkConf();
    Platform.requireClassic(conf, System.getenv());
    Option<SparkSession> present = SparkSession.getDefaultSession();
    if (present.isDefined()) {
      Platform.requireContext(present.get()::sparkContext);
    }
    Session session =
        present.isDefined() ? new Session(present.get(), false) : start(conf, configuration);
    try {
      if (!session.spark().sparkContext().isLocal()) {
        FirstExecutor.await(context(session.spark()), configuration.waitForExecutors());
      }
    } catch (RuntimeException failure) {
      session.close();
      throw failure;
    }
    return session;
  }

  private static Session start(SparkConf conf, Configuration.Spark configuration) {
    if (!configuration.master().isEmpty()) {
      conf.setMaster(configuration.master());
    }
    conf.setIfMissing("spark.master", "local[*]");
    Masters.require(conf.get("spark.master"));
    if (conf.get("spark.app.name", UNNAMED).equals(UNNAMED)) {
      conf.setAppName(configuration.appName());
    }
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
    return new Session(SparkSession.builder().config(conf).getOrCreate(), ours);
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
