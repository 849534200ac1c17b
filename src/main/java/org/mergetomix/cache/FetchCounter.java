package org.mergetomix.cache;

import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.mergetomix.location.Location;

/** Counts for {@link FetchStatistics}. Safe for use by several threads. */
final class FetchCounter {

  /** What all caches of this JVM did. */
  static final FetchCounter OF_THIS_JVM = new FetchCounter();

  private final ConcurrentMap<String, Long> bytesRead = new ConcurrentHashMap<>();
  private final AtomicLong hits = new AtomicLong();
  private final AtomicLong misses = new AtomicLong();
  private final AtomicLong evictions = new AtomicLong();

  void read(Location location, long bytes) {
    bytesRead.merge(location.text(), bytes, Long::sum);
    andOfThisJvm(all -> all.read(location, bytes));
  }

  void hit() {
    hits.incrementAndGet();
    andOfThisJvm(FetchCounter::hit);
  }

  void miss() {
    misses.incrementAndGet();
    andOfThisJvm(FetchCounter::miss);
  }

  void eviction() {
    evictions.incrementAndGet();
    andOfThisJvm(FetchCounter::eviction);
  }

  private void andOfThisJvm(Consumer<FetchCounter> count) {
    if (this != OF_THIS_JVM) {
      count.accept(OF_THIS_JVM);
    }
  }

  FetchStatistics statistics() {
    return new FetchStatistics(new TreeMap<>(bytesRead), hits.get(), misses.get(), evictions.get());
  }
}
