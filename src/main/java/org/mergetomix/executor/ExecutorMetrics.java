package org.mergetomix.executor;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** What this JVM did since it began, for {@code MetricsPlugin}. Safe for use by several threads. */
public final class ExecutorMetrics {

  private static final ExecutorMetrics OF_THIS_JVM = new ExecutorMetrics();

  private final LongAdder mixtures = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final DoubleAdder mergeSeconds = new DoubleAdder();
  private final DoubleAdder evaluateSeconds = new DoubleAdder();

  private ExecutorMetrics() {}

  public static ExecutorMetrics ofThisJvm() {
    return OF_THIS_JVM;
  }

  /** A mixture was evaluated. */
  public void evaluated(double merge, double evaluate) {
    mixtures.increment();
    mergeSeconds.add(merge);
    evaluateSeconds.add(evaluate);
  }

  /** A mixture could not be evaluated. */
  public void failed() {
    failures.increment();
  }

  public long mixtures() {
    return mixtures.sum();
  }

  public long failures() {
    return failures.sum();
  }

  public double mergeSeconds() {
    return mergeSeconds.sum();
  }

  public double evaluateSeconds() {
    return evaluateSeconds.sum();
  }
}
