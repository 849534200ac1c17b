package org.mergetomix.spark;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** What this JVM did since it began, for {@link MetricsPlugin}. Safe for use by several threads. */
final class ExecutorMetrics {

  private static final ExecutorMetrics OF_THIS_JVM = new ExecutorMetrics();

  private final LongAdder mixtures = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final DoubleAdder mergeSeconds = new DoubleAdder();
  private final DoubleAdder evaluateSeconds = new DoubleAdder();

  private ExecutorMetrics() {}

  static ExecutorMetrics ofThisJvm() {
    return OF_THIS_JVM;
  }

  /** A mixture was evaluated. */
  void evaluated(double merge, double evaluate) {
    mixtures.increment();
    mergeSeconds.add(merge);
    evaluateSeconds.add(evaluate);
  }

  /** A mixture could not be evaluated. */
  void failed() {
    failures.increment();
  }

  long mixtures() {
    return mixtures.sum();
  }

  long failures() {
    return failures.sum();
  }

  double mergeSeconds() {
    return mergeSeconds.sum();
  }

  double evaluateSeconds() {
    return evaluateSeconds.sum();
  }
}
