package org.mergetomix.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.folder.Digests;

class CacheDirectoryTest {

  private static final int TIMES = 2000;

  @TempDir Path folder;

  /** Whoever makes room looks at every file, and one could go between two looks. */
  @Test
  void makesRoomWhileOthersDiscard() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (CacheDirectory directory =
        CacheDirectory.open(folder.resolve("cache"), 100, 10, () -> {})) {
      CountDownLatch start = new CountDownLatch(2);
      Future<?> one = threads.submit(() -> beginAndDiscard(directory, "one", start));
      Future<?> other = threads.submit(() -> beginAndDiscard(directory, "other", start));

      assertThat(one.get()).isNull();
      assertThat(other.get()).isNull();
    } finally {
      threads.shutdownNow();
      assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }
  }

  private static Void beginAndDiscard(CacheDirectory directory, String name, CountDownLatch start)
      throws IOException, InterruptedException {
    CacheKey key = new CacheKey(Digests.sha256(name));
    start.countDown();
    start.await();
    for (int i = 0; i < TIMES; i++) {
      LockFile.Hold claimed = ((CacheDirectory.Vacant) directory.claim(key)).hold();
      directory.begin(key, name, 10).close();
      directory.discard(key);
      claimed.close();
    }
    return null;
  }
}
