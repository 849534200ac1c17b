package org.mergetomix.plan;

import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;

/**
 * What Spark is asked to give each task that merges and evaluates.
 *
 * @param cpus cores, at least 1
 * @param gpus GPUs; 0 for none, less than 1 where several tasks use one
 */
public record TaskShare(int cpus, double gpus) {

  /** What configuration and Spark's own settings ask for. */
  public static TaskShare of(SparkSession spark, Configuration configuration) {
    SparkConf conf = spark.sparkContext().getConf();
    double asked = configuration.spark().gpusPerTask();
    return new TaskShare(
        conf.getInt("spark.task.cpus", 1),
        asked > 0 ? asked : conf.getDouble("spark.task.resource.gpu.amount", 0));
  }

  /** How many tasks use a GPU at once; 0 where none has one. */
  public int tasksOfAGpu() {
    return gpus == 0 ? 0 : (int) Math.max(1, Math.floor(1 / gpus));
  }
}
