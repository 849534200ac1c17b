package org.mergetomix.cache;

import java.nio.file.Path;

/**
 * Room for files that are written on this host before they are put in their store: a folder of its
 * own under the cache's directory, counted into its capacity. Closing deletes it; what a process
 * left that was killed is evicted like everything that nobody uses.
 */
public final class Draft implements AutoCloseable {

  private final Path folder;
  private final Runnable release;

  Draft(Path folder, Runnable release) {
    this.folder = folder;
    this.release = release;
  }

  /** Where to write; nothing else is there. */
  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    release.run();
  }
}
