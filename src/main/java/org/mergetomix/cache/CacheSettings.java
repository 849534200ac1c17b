package org.mergetomix.cache;

import java.io.Serializable;
import java.nio.file.Path;

/**
 * Where a cache lies and how much it may take. Immutable.
 *
 * @param directory in which the cache makes a folder of its own, readable by this user only; it
 *     should be on a local disk; empty for the temporary directory of the JVM
 * @param capacity most bytes of files, finished and unfinished together; at least 1
 * @param threads ranges that are read at once, whatever the number of files; at least 1
 * @param chunkSize bytes of a range; at least 1. Each thread needs this much memory.
 */
public record CacheSettings(String directory, long capacity, int threads, int chunkSize)
    implements Serializable {

  /** Where files of this JVM go. Spark gives every container of a cluster its own. */
  public Path folder() {
    return Path.of(directory.isEmpty() ? System.getProperty("java.io.tmpdir") : directory);
  }
}
