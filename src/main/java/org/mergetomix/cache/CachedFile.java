package org.mergetomix.cache;

import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * A file that stays where it is until this is closed: in the cache, or in place when it was local
 * already. Safe for use by several threads.
 */
public final class CachedFile implements AutoCloseable {

  private final Path path;
  private final Supplier<String> digest;
  private final long bytes;
  private final Runnable release;

  CachedFile(Path path, Supplier<String> digest, long bytes, Runnable release) {
    this.path = path;
    this.digest = digest;
    this.bytes = bytes;
    this.release = release;
  }

  /** Where the bytes are. Only for reading: others use the same file. */
  public Path path() {
    return path;
  }

  /**
   * The sha256 of the bytes. A file in place without a promised digest is read for it, once.
   *
   * @throws org.mergetomix.problem.UserException input, when such a file cannot be read
   */
  public String digest() {
    return digest.get();
  }

  /** How many bytes there are. */
  public long bytes() {
    return bytes;
  }

  /** Allows the file to be evicted. Closing it again does nothing. */
  @Override
  public void close() {
    release.run();
  }
}
