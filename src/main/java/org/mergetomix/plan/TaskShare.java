package org.mergetomix.plan;

import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;

/**
 * What Spark is asked to give each task that merges and evaluates, or trains.
 *
 * @param cpus cores, at least 1
 * @param gpus GPUs; 0 for none, less than 1 where several tasks use one
 */
public record TaskShare(int cpus, double gpus) {

  /** What configuration and Spark's own settings ask for. */
  public static TaskShare of(SparkSession spark, Configuration configuration) {
    return of(spark, configuration.spark().gpusPerTask());
  }

  /** The same for tasks that train. */
  public static TaskShare ofTraining(SparkSession spark, Configuration configuration) {
    return of(spark, configuration.training().gpusPerTask());
  }

  private static TaskShare of(SparkSession spark, double asked) {
    SparkConf conf = spark.sparkContext().getConf();
    return new TaskShare(
        conf.getInt("spark.task.cpus", 1),
        asked > 0 ? asked : conf.getDouble("spark.task.resource.gpu.amount", 0));
  }

  /** How many tasks use a GPU at once; 0 where none has one. */
  public int tasksOfAGpu() {
    return gpus == 0 ? 0 : (int) Math.max(1, Math.floor(1 / gpus));
  }
}
