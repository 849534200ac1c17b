package org.mergetomix.cache;

import java.time.Duration;

/**
 * How often something that may pass is tried. Hadoop's own file systems retry below this.
 *
 * @param attempts tries in all; at least 1
 * @param firstPause before the second try; doubled before each further one
 */
record RetryPolicy(int attempts, Duration firstPause) {

  static final RetryPolicy DEFAULT = new RetryPolicy(5, Duration.ofMillis(250));

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** The pause after that many failures in a row. */
  Duration pause(int failures) {
    Duration pause = firstPause.multipliedBy(1L << Math.min(failures - 1, 16));
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }
}
