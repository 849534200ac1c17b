package org.mergetomix.testing;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for what another process does. */
public final class Await {

  private static final Duration LONGEST = Duration.ofMinutes(4);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private Await() {}

  /** Looks for something. */
  @FunctionalInterface
  public interface Look<T> {

    Optional<T> look() throws IOException;
  }

  /**
   * Looks until something is there.
   *
   * @param otherwise what to say when it does not come
   */
  public static <T> T found(Look<T> look, Supplier<String> otherwise) throws IOException {
    long end = System.nanoTime() + LONGEST.toNanos();
    for (Optional<T> found = look.look(); ; found = look.look()) {
      if (found.isPresent()) {
        return found.get();
      }
      if (System.nanoTime() > end) {
        throw new AssertionError(otherwise.get());
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }
}
