package org.mergetomix.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.plan.BaseModel;
import org.mergetomix.problem.Problem;
import org.mergetomix.worker.SharedFileTarget;

/**
 * Where an executor's surrogates lie for its workers.
 *
 * @param folder the folder that they are in
 * @param surrogate bytes of one, of which every slot has one
 * @param factors bytes of what a worker is given of the experts, once a slot; 0 where each
 *     surrogate is merged
 * @param room bytes that the file system of the folder has left, with those of workers that are
 *     idle; negative where there is none
 */
public record SharedMemory(String folder, long surrogate, long factors, long room) {

  /**
   * Asks one executor, by a Spark task.
   *
   * @param factors bytes of what a worker is given of the experts
   */
  static SharedMemory ask(SparkSession spark, String folder, BaseModel base, long factors) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    context.setJobGroup("memory", "Ask an executor for its shared memory", false);
    try {
      long room = context.parallelize(List.of(folder), 1).map(SharedMemory::room).first();
      return new SharedMemory(folder, SharedFileTarget.bytes(base.parameters()), factors, room);
    } finally {
      context.clearJobGroup();
    }
  }

  private static long room(String folder) {
    try {
      Path path = Path.of(folder);
      return Files.getFileStore(path).getUsableSpace() + SharedFileTarget.held(path);
    } catch (IOException none) {
      return -1;
    }
  }

  /** What one slot takes of it. */
  public long each() {
    return surrogate + factors;
  }

  /** What is wrong when it cannot hold the surrogates of some slots. */
  Optional<Problem> little(int slots) {
    if (room < 0) {
      return Optional.of(
          new Problem(
              "An executor has no folder for shared memory",
              folder,
              "Set worker.shared-memory to a folder of a file system in memory"));
    }
    long needed = slots * each();
    return needed <= room
        ? Optional.empty()
        : Optional.of(
            new Problem(
                "The surrogates of an executor (slots: %s, each %s%s) are %s, but its shared memory has %s left"
                    .formatted(
                        slots,
                        new ByteCount(each()),
                        factors == 0 ? "" : " with the experts' factors",
                        new ByteCount(needed),
                        new ByteCount(room)),
                folder,
                "Give executors more: docker run --shm-size, in Kubernetes an emptyDir of medium"
                    + " Memory mounted there; or run fewer tasks at once, or set"
                    + " worker.shared-memory to another folder"));
  }
}
