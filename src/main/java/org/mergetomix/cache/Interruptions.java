package org.mergetomix.cache;

import java.io.InterruptedIOException;
import java.io.UncheckedIOException;

/** What a thread throws that was told to stop: neither a bug nor anything a user could mend. */
final class Interruptions {

  private Interruptions() {}

  /** Keeps the thread interrupted, so that its owner sees it too. */
  static UncheckedIOException interrupted(Exception cause) {
    Thread.currentThread().interrupt();
    InterruptedIOException interruption = new InterruptedIOException("Interrupted while fetching");
    interruption.initCause(cause);
    return new UncheckedIOException(interruption);
  }
}
