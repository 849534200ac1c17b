package org.mergetomix.spark.round;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;
import org.mergetomix.problem.UserException;

/** Asks Spark for GPUs for the one stage that needs them. */
public final class TaskGpus {

  private TaskGpus() {}

  /**
   * The same work, each of whose tasks is given GPUs.
   *
   * @param gpus a share of one, or how many; 0 for what Spark's own settings give
   * @throws UserException usage, where Spark has none to give
   */
  public static <T> JavaRDD<T> ask(JavaRDD<T> work, double gpus) {
    if (gpus > 0 && work.context().isLocal()) {
      throw UserException.usage(
          "Tasks ask Spark for GPUs, and only the tasks of a cluster are given any",
          "the master " + work.context().master(),
          "Take a cluster, of one machine if need be, or set spark.gpus-per-task and"
              + " training.gpus-per-task to 0");
    }
    return gpus == 0
        ? work
        : work.withResources(profile(work.context().getConf().getInt("spark.task.cpus", 1), gpus));
  }

  static ResourceProfile profile(int cores, double gpus) {
    return new ResourceProfileBuilder()
        .require(new TaskResourceRequests().cpus(cores).resource("gpu", gpus))
        .build();
  }
}
