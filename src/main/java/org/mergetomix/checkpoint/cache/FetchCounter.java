package org.mergetomix.checkpoint.cache;

import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.mergetomix.location.Location;

/** Counts for {@link FetchStatistics}. Safe for use by several threads. */
final class FetchCounter {

  private final ConcurrentMap<String, Long> bytesRead = new ConcurrentHashMap<>();
  private final AtomicLong hits = new AtomicLong();
  private final AtomicLong misses = new AtomicLong();
  private final AtomicLong evictions = new AtomicLong();

  void read(Location location, long bytes) {
    bytesRead.merge(location.text(), bytes, Long::sum);
  }

  void hit() {
    hits.incrementAndGet();
  }

  void miss() {
    misses.incrementAndGet();
  }

  void eviction() {
    evictions.incrementAndGet();
  }

  FetchStatistics statistics() {
    return new FetchStatistics(new TreeMap<>(bytesRead), hits.get(), misses.get(), evictions.get());
  }
}
