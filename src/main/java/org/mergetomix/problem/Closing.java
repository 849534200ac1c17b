package org.mergetomix.problem;

import java.util.ArrayList;
import java.util.List;

/** Ends several uses of something, so that no failure hides another or leaves the rest open. */
public final class Closing {

  private Closing() {}

  /**
   * Closes all of them, in their order, whatever one of them throws.
   *
   * @throws RuntimeException what the first that failed threw, with the others' behind it
   */
  public static void all(Iterable<? extends AutoCloseable> several) {
    List<Exception> failures = new ArrayList<>();
    for (AutoCloseable one : several) {
      try {
        one.close();
      } catch (Exception failure) {
        failures.add(failure);
      }
    }
    if (!failures.isEmpty()) {
      Exception first = failures.get(0);
      failures.subList(1, failures.size()).forEach(first::addSuppressed);
      throw first instanceof RuntimeException unchecked
          ? unchecked
          : new IllegalStateException(first);
    }
  }

  /** Closes what is of no use after a failure, which stays the one that is told. */
  public static void after(Throwable failure, AutoCloseable useless) {
    try {
      useless.close();
    } catch (Exception another) {
      failure.addSuppressed(another);
    }
  }
}
