package org.mergetomix.spark;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.util.LongAccumulator;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Turns an accumulator into progress: what finished tasks counted, and what running tasks report
 * with their executor's heartbeats. For showing only: a task that is run again may count twice.
 */
final class ProgressListener extends SparkListener implements AutoCloseable {

  private static final Duration BETWEEN_UPDATES = Duration.ofMillis(500);

  private final JavaSparkContext context;
  private final String step;
  private final long total;
  private final Progress progress;
  private final LongAccumulator counter;
  private final long offset;
  private final Map<Long, Long> running = new HashMap<>();
  private final long started = System.nanoTime();
  private long finished;
  private long lastUpdate = started;

  /**
   * Listens until it is closed.
   *
   * @param offset how much was done before
   * @param total how much there is in all
   */
  ProgressListener(
      JavaSparkContext context, String step, long offset, long total, Progress progress) {
    this.context = context;
    this.step = step;
    this.offset = offset;
    this.total = total;
    this.progress = progress;
    this.counter = context.sc().longAccumulator("merge-to-mix." + step);
    context.sc().addSparkListener(this);
  }

  /** What tasks add to. */
  LongAccumulator counter() {
    return counter;
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    running.remove(end.taskInfo().taskId());
    finished += counted(CollectionConverters.asJava(end.taskInfo().accumulables()));
    update();
  }

  @Override
  public synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
    CollectionConverters.asJava(heartbeat.accumUpdates())
        .forEach(
            task -> running.put((Long) task._1(), counted(CollectionConverters.asJava(task._4()))));
    update();
  }

  private long counted(Iterable<AccumulableInfo> accumulables) {
    long count = 0;
    for (AccumulableInfo info : accumulables) {
      if (info.id() == counter.id() && info.update().isDefined()) {
        count += (Long) info.update().get();
      }
    }
    return count;
  }

  private void update() {
    long now = System.nanoTime();
    if (now - lastUpdate < BETWEEN_UPDATES.toNanos()) {
      return;
    }
    lastUpdate = now;
    long inTasks = running.values().stream().mapToLong(Long::longValue).sum();
    report(Math.min(total - 1, offset + finished + inTasks));
  }

  private void report(long done) {
    progress.update(step, done, total, Duration.ofNanos(System.nanoTime() - started));
  }

  /** Everything is done. */
  synchronized void complete() {
    report(total);
  }

  @Override
  public void close() {
    context.sc().removeSparkListener(this);
  }
}
