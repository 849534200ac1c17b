package org.mergetomix.spark.round;

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
 * What is told begins with what was done before, never goes back, and ends with everything once
 * that is said to be done.
 */
public final class ProgressListener extends SparkListener implements AutoCloseable {

  private static final Duration BETWEEN_UPDATES = Duration.ofMillis(500);

  private final JavaSparkContext context;
  private final String step;
  private final long total;
  private final Progress progress;
  private final LongAccumulator counter;
  private final long offset;
  private final Duration betweenUpdates;
  private final Map<Long, Long> running = new HashMap<>();
  private final long started = System.nanoTime();
  private long finished;
  private long told;
  private long lastUpdate = started;
  private boolean complete;

  /**
   * Listens until it is closed.
   *
   * @param offset how much was done before
   * @param total how much there is in all
   */
  public ProgressListener(
      JavaSparkContext context, String step, long offset, long total, Progress progress) {
    this(context, step, offset, total, progress, BETWEEN_UPDATES);
  }

  ProgressListener(
      JavaSparkContext context,
      String step,
      long offset,
      long total,
      Progress progress,
      Duration betweenUpdates) {
    this.context = context;
    this.step = step;
    this.offset = offset;
    this.total = total;
    this.progress = progress;
    this.betweenUpdates = betweenUpdates;
    this.told = offset;
    this.counter = context.sc().longAccumulator("merge-to-mix." + step);
    context.sc().addSparkListener(this);
    if (offset < total) {
      report(offset);
    }
  }

  /** What tasks add to. */
  public LongAccumulator counter() {
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
    // Spark's events come late: some even after the work is known to be done.
    if (complete || now - lastUpdate < betweenUpdates.toNanos()) {
      return;
    }
    lastUpdate = now;
    long inTasks = running.values().stream().mapToLong(Long::longValue).sum();
    told = Math.max(told, Math.min(total - 1, offset + finished + inTasks));
    report(told);
  }

  private void report(long done) {
    progress.update(step, done, total, Duration.ofNanos(System.nanoTime() - started));
  }

  /** Everything is done. */
  public synchronized void complete() {
    complete = true;
    report(total);
  }

  @Override
  public void close() {
    context.sc().removeSparkListener(this);
  }
}
