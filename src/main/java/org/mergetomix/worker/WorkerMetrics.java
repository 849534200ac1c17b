package org.mergetomix.worker;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** What the workers of this JVM did since it began. Safe for use by several threads. */
public final class WorkerMetrics {

  private static final WorkerMetrics OF_THIS_JVM = new WorkerMetrics();

  private final LongAdder starts = new LongAdder();
  private final LongAdder deaths = new LongAdder();
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
    starts.increment();
    startSeconds.add(seconds);
  }

  /** A worker ended, or was ended, before it was asked to. */
  void died() {
    deaths.increment();
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

  /** How many workers were ready to evaluate. */
  public long starts() {
    return starts.sum();
  }

  /** How many ended, or were ended, before they were asked to. */
  public long deaths() {
    return deaths.sum();
  }

  /** How long they took to be ready, together. */
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
