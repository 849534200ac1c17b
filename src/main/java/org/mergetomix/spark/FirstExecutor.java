package org.mergetomix.spark;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.status.api.v1.ExecutorSummary;
import org.mergetomix.problem.UserException;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.OptionConverters;

/** Waits for a cluster to do anything at all: an executor that cannot start is started for ever. */
final class FirstExecutor {

  private FirstExecutor() {}

  /**
   * Returns when a task has run.
   *
   * @param seconds how long to wait, 1 or more
   * @throws UserException usage, with the last reason that Spark gives, if none has by then
   */
  static void await(JavaSparkContext context, int seconds) {
    context.setJobGroup("executors", "Wait for an executor", false);
    JavaFutureAction<Void> task = context.parallelize(List.of(0), 1).foreachAsync(one -> {});
    try {
      task.get(seconds, TimeUnit.SECONDS);
    } catch (TimeoutException none) {
      String reason = lastReason(context).orElse("an executor was never there");
      task.cancel(true);
      throw refusal("No executor could do anything for %s seconds".formatted(seconds), reason);
    } catch (ExecutionException failure) {
      throw refusal("The cluster could not do anything", failure.getCause().getMessage());
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interruption);
    } finally {
      context.clearJobGroup();
    }
  }

  private static UserException refusal(String what, String reason) {
    return UserException.usage(
        what,
        reason.lines().findFirst().orElse(""),
        "Look into Spark's log and those of its executors, and at what the cluster has left;"
            + " where it only takes longer, raise spark.wait-for-executors");
  }

  /** Why the executor that was lost last was lost, if one was there at all. */
  private static Optional<String> lastReason(JavaSparkContext context) {
    return CollectionConverters.asJava(context.sc().statusStore().executorList(false)).stream()
        .flatMap(executor -> reason(executor).stream())
        .reduce((earlier, later) -> later);
  }

  private static Optional<String> reason(ExecutorSummary executor) {
    return OptionConverters.toJava(executor.removeReason())
        .map(reason -> "executor %s: %s".formatted(executor.id(), reason));
  }
}
