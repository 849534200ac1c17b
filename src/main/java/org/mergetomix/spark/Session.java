package org.mergetomix.spark;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;

/**
 * The Spark session that the actions run in. One that was there already (a notebook's, or
 * spark-submit's) is used and left open; one that is started here is stopped with this.
 */
public final class Session implements AutoCloseable {

  private final SparkSession spark;
  private final boolean ours;

  private Session(SparkSession spark, boolean ours) {
    this.spark = spark;
    this.ours = ours;
  }

  /**
   * Opens a session. The master is {@code spark.master} of the configuration, else what
   * spark-submit says, else every core of this machine. On one machine Spark is kept to the
   * loopback interface and its page is off, unless its own settings say otherwise.
   */
  public static Session open(Configuration.Spark configuration) {
    boolean present = !SparkSession.getDefaultSession().isEmpty();
    SparkConf conf = new SparkConf();
    if (!configuration.master().isEmpty()) {
      conf.setMaster(configuration.master());
    }
    conf.setIfMissing("spark.master", "local[*]");
    conf.setIfMissing("spark.app.name", configuration.appName());
    conf.setIfMissing("spark.sql.session.timeZone", "UTC");
    if (conf.get("spark.master").startsWith("local[") || conf.get("spark.master").equals("local")) {
      conf.setIfMissing("spark.driver.host", "127.0.0.1");
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
      conf.setIfMissing("spark.ui.enabled", "false");
      conf.setIfMissing("spark.sql.shuffle.partitions", "4");
      conf.setIfMissing("spark.executor.heartbeatInterval", "1s");
    }
    return new Session(SparkSession.builder().config(conf).getOrCreate(), !present);
  }

  /** The session. */
  public SparkSession spark() {
    return spark;
  }

  /** The context of a session, for RDDs. */
  static JavaSparkContext context(SparkSession spark) {
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
