package org.mergetomix.spark;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.output.OutputLease;
import org.mergetomix.problem.UserException;
import org.mergetomix.table.RunDirectory;

/** Work on an output that no other driver may write to at the same time. */
final class LeasedOutput {

  private LeasedOutput() {}

  /**
   * Does some work while this driver has the output for itself. If another takes over all the same,
   * the Spark jobs of the work are cancelled.
   *
   * @param seconds how long the output stays kept when this process dies
   * @throws UserException if another driver is at work there, or took over
   */
  static <T> T during(
      SparkSession spark, RunDirectory directory, long seconds, Function<OutputLease, T> work) {
    JavaSparkContext context = Session.context(spark);
    String tag = "merge-to-mix-" + UUID.randomUUID();
    try (OutputLease lease = directory.lease(seconds, () -> context.sc().cancelJobsWithTag(tag))) {
      context.addJobTag(tag);
      try {
        return work.apply(lease);
      } catch (Exception failure) {
        // What a cancelled job says is not the reason.
        Optional<UserException> loss = lease.loss();
        if (loss.isPresent()) {
          throw loss.get();
        }
        throw failure;
      } finally {
        context.removeJobTag(tag);
      }
    }
  }
}
