package org.mergetomix.plan;

import java.io.Serializable;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.mergetomix.cache.CacheSettings;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;

/**
 * How a JVM of the job gets at the inputs: the driver's Hadoop configuration, as Spark itself hands
 * it on, and where copies are kept.
 */
public record InputAccess(SerializableConfiguration hadoop, CacheSettings cache)
    implements Serializable {

  /** How the JVMs of a session get at the inputs. */
  public static InputAccess of(SparkSession spark, Configuration configuration) {
    return new InputAccess(
        new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()),
        configuration.cache());
  }

  /** The inputs on this host; the caller closes them. */
  public InputFiles open() {
    return new InputFiles(cache, hadoop.value());
  }

  /** Without the configuration, which may hold credentials. */
  @Override
  public String toString() {
    return "InputAccess[" + cache + "]";
  }
}
