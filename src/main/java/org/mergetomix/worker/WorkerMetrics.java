package org.mergetomix.worker;

import java.util.concurrent.atomic.DoubleAdder;

/** What the workers of this JVM did since it began. Safe for use by several threads. */
public final class WorkerMetrics {

  private static final WorkerMetrics OF_THIS_JVM = new WorkerMetrics();

  private final DoubleAdder startSeconds = new DoubleAdder();
  private final DoubleAdder digestSeconds = new DoubleAdder();
  private final DoubleAdder copySeconds = new DoubleAdder();
  private final DoubleAdder scoreSeconds = new DoubleAdder();

  private WorkerMetrics() {}

  /** The only one of this JVM. */
  public static WorkerMetrics ofThisJvm() {
    return OF_THIS_JVM;
  }

  /** A worker is ready. */
  void started(double seconds) {
    startSeconds.add(seconds);
  }

  /** A surrogate was read for its digest. */
  void digested(double seconds) {
    digestSeconds.add(seconds);
  }

  /**
   * A worker answered.
   *
   * @param copy seconds that it took to have the surrogate
   * @param score seconds that it took to score it
   */
  void answered(double copy, double score) {
    copySeconds.add(copy);
    scoreSeconds.add(score);
  }

  /** How long workers took to be ready, together. */
  public double startSeconds() {
    return startSeconds.sum();
  }

  /** How long this JVM read surrogates for their digests. */
  public double digestSeconds() {
    return digestSeconds.sum();
  }

  /** How long workers took to check surrogates and to copy them, as they say. */
  public double copySeconds() {
    return copySeconds.sum();
  }

  /** How long workers scored, as they say. */
  public double scoreSeconds() {
    return scoreSeconds.sum();
  }
}
