package org.mergetomix.worker;

import java.util.concurrent.atomic.LongAdder;

/**
 * What became of the processes that this JVM started.
 *
 * @param starts how many were started, workers and trainers together
 * @param deaths how many of them ended before their work was done, by themselves or because of what
 *     they did
 */
public record ProcessStatistics(long starts, long deaths) {

  private static final LongAdder STARTS = new LongAdder();
  private static final LongAdder DEATHS = new LongAdder();

  /** What it is now. */
  public static ProcessStatistics ofThisJvm() {
    return new ProcessStatistics(STARTS.sum(), DEATHS.sum());
  }

  static void started() {
    STARTS.increment();
  }

  static void died() {
    DEATHS.increment();
  }
}
