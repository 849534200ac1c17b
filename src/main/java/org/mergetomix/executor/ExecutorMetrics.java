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

  /** The only one of this JVM. */
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

  /** How many mixtures were evaluated. */
  public long mixtures() {
    return mixtures.sum();
  }

  /** How many could not be. */
  public long failures() {
    return failures.sum();
  }

  /** How long merging took, all slots together. */
  public double mergeSeconds() {
    return mergeSeconds.sum();
  }

  /** How long evaluating took, all slots together. */
  public double evaluateSeconds() {
    return evaluateSeconds.sum();
  }
}
