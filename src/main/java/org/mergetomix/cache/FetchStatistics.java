package org.mergetomix.cache;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a cache did in this JVM since it was opened. Immutable.
 *
 * @param bytesRead bytes read from each remote file, by its location without secrets
 * @param hits files that were there already, or that another thread or process fetched meanwhile
 * @param misses files that were fetched
 * @param evictions files that were removed to make room
 */
public record FetchStatistics(
    SortedMap<String, Long> bytesRead, long hits, long misses, long evictions) {

  /** Nothing was asked for. */
  static final FetchStatistics NONE = new FetchStatistics(new TreeMap<>(), 0, 0, 0);

  public FetchStatistics {
    bytesRead = Collections.unmodifiableSortedMap(new TreeMap<>(bytesRead));
  }

  /** What all caches of this JVM did since it began. */
  public static FetchStatistics ofThisJvm() {
    return FetchCounter.OF_THIS_JVM.statistics();
  }

  /** Bytes read from all remote files. */
  public long totalBytesRead() {
    return bytesRead.values().stream().mapToLong(Long::longValue).sum();
  }
}
