package org.mergetomix.spark;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;

/** Watches the tasks of a search's rounds from outside. */
final class SearchTasks extends SparkListener implements AutoCloseable {

  private final SparkContext context;
  private final Set<Object> stages = new HashSet<>();
  private final List<Long> results = new ArrayList<>();

  private SearchTasks(SparkContext context) {
    this.context = context;
  }

  static SearchTasks listen(SparkSession session) {
    SearchTasks tasks = new SearchTasks(session.sparkContext());
    session.sparkContext().addSparkListener(tasks);
    return tasks;
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart start) {
    String description = start.properties().getProperty("spark.job.description", "");
    if (description.startsWith("Round ")) {
      start.stageIds().foreach(stages::add);
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    if (stages.contains(end.stageId())) {
      results.add(end.taskMetrics().resultSize());
    }
  }

  synchronized int count() {
    return results.size();
  }

  /** Bytes that the largest task handed back to the driver. */
  synchronized long largestResult() {
    return results.stream().mapToLong(Long::longValue).max().orElse(0);
  }

  @Override
  public void close() throws TimeoutException {
    context.listenerBus().waitUntilEmpty();
    context.removeSparkListener(this);
  }
}
