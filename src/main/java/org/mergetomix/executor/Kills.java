package org.mergetomix.executor;

import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;

/** How a task finds out that it was killed: Spark interrupts its thread only where asked to. */
final class Kills {

  private static final long MILLISECONDS = 100;

  private Kills() {}

  /** Something that takes long. */
  interface Wait {

    /** Waits a while; whether it was long enough. */
    boolean isOver(long milliseconds) throws InterruptedException;
  }

  /**
   * Ends the task of this thread, if it was killed.
   *
   * @throws TaskKilledException if it was
   */
  static void check() {
    if (Optional.ofNullable(TaskContext.get()).stream().anyMatch(TaskContext::isInterrupted)) {
      throw new TaskKilledException();
    }
  }

  /**
   * Waits until it is over.
   *
   * @throws TaskKilledException if the task of this thread is killed meanwhile, or the thread is
   *     interrupted
   */
  static void await(Wait wait) {
    try {
      do {
        check();
      } while (!wait.isOver(MILLISECONDS));
    } catch (InterruptedException told) {
      Thread.currentThread().interrupt();
      throw new TaskKilledException();
    }
  }
}
