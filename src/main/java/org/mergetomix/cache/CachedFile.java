package org.mergetomix.cache;

import java.nio.file.Path;
import org.mergetomix.cache.disk.LockFile;

/**
 * A file of the cache that stays where it is until this is closed. Safe for use by several threads.
 *
 * @param path where the bytes are; only for reading, because others use the same file
 * @param digest the sha256 of the bytes
 * @param hold what keeps it from being evicted
 */
record CachedFile(Path path, String digest, LockFile.Hold hold) implements AutoCloseable {

  /** Allows the file to be evicted. Closing it again does nothing. */
  @Override
  public void close() {
    hold.close();
  }
}
