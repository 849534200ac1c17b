package org.mergetomix.cache;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where a cache lies and how much it may take. Immutable.
 *
 * @param directory in which the cache makes a folder of its own, readable by this user only; it
 *     should be on a local disk
 * @param capacity most bytes of files, finished and unfinished together; at least 1
 * @param threads ranges that are read at once, whatever the number of files; at least 1
 * @param chunkSize bytes of a range; at least 1. Each thread needs this much memory.
 */
public record CacheSettings(Path directory, long capacity, int threads, int chunkSize) {

  /**
   * @throws IllegalArgumentException for a number out of range
   */
  public CacheSettings {
    Objects.requireNonNull(directory);
    if (capacity < 1 || threads < 1 || chunkSize < 1) {
      throw new IllegalArgumentException(
          "Capacity, threads and chunk size must be at least 1, not %d, %d and %d"
              .formatted(capacity, threads, chunkSize));
    }
  }

  /** Where temporary files of this JVM go. Spark gives every container of a cluster its own. */
  public static Path temporaryDirectory() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }
}
