package org.mergetomix.spark.round;

import java.time.Duration;

/** Told how far a long step got; called from one thread at a time, a few times a second at most. */
@FunctionalInterface
public interface Progress {

  /** Hears nothing. */
  Progress SILENT = (step, done, total, elapsed) -> {};

  /**
   * Some of a step is done.
   *
   * @param step what is being done: {@code search}, or {@code round 3} of it
   * @param done how much of it, in whatever it is counted in
   * @param total all of it; the last call has {@code done == total}
   * @param elapsed since the step began
   */
  void update(String step, long done, long total, Duration elapsed);
}
