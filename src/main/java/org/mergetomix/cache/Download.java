package org.mergetomix.cache;

import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.fs.FileStatus;
import org.mergetomix.location.Location;

/** Reads the missing chunks of one file, several at once. */
final class Download {

  private final RemoteStore store;
  private final Location location;
  private final FileStatus status;
  private final PartialFile partial;
  private final Path directory;
  private final BitSet present;
  private final AtomicInteger next = new AtomicInteger();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  private Download(
      RemoteStore store,
      Location location,
      FileStatus status,
      PartialFile partial,
      Path directory) {
    this.store = store;
    this.location = location;
    this.status = status;
    this.partial = partial;
    this.directory = directory;
    this.present = partial.finished();
  }

  /**
   * Returns when all chunks are there; after a failure too only when no thread writes any more.
   *
   * @param threads how many of the executor's to use; each takes the memory of a chunk
   */
  static void run(
      RemoteStore store,
      Location location,
      FileStatus status,
      PartialFile partial,
      Path directory,
      Executor executor,
      int threads) {
    Download download = new Download(store, location, status, partial, directory);
    int missing = partial.chunks() - download.present.cardinality();
    download.run(executor, Math.min(threads, missing));
  }

  private void run(Executor executor, int workers) {
    CountDownLatch running = new CountDownLatch(workers);
    for (int i = 0; i < workers; i++) {
      executor.execute(
          () -> {
            try {
              copyChunks();
            } catch (Throwable thrown) {
              failure.compareAndSet(null, thrown);
              stop.countDown();
            } finally {
              running.countDown();
            }
          });
    }
    awaitAll(running);
    Throwable thrown = failure.get();
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
  }

  private void awaitAll(CountDownLatch running) {
    boolean interrupted = false;
    while (true) {
      try {
        running.await();
        break;
      } catch (InterruptedException interruption) {
        interrupted = true;
        stop.countDown();
      }
    }
    if (interrupted) {
      throw Interruptions.interrupted(new InterruptedException());
    }
  }

  private void copyChunks() {
    byte[] bytes = new byte[partial.bytes(0)];
    try (RemoteStore.RangeReader reader = store.ranges(location, status, stop)) {
      for (int chunk = nextMissing(); chunk >= 0; chunk = nextMissing()) {
        reader.read(partial.position(chunk), bytes, partial.bytes(chunk));
        write(chunk, bytes);
      }
    }
  }

  /** A chunk that nobody else takes; negative when there are none left or the reading stops. */
  private int nextMissing() {
    while (stop.getCount() > 0) {
      int chunk = next.getAndIncrement();
      if (chunk >= partial.chunks()) {
        return -1;
      }
      if (!present.get(chunk)) {
        return chunk;
      }
    }
    return -1;
  }

  private void write(int chunk, byte[] bytes) {
    try {
      partial.write(chunk, bytes);
    } catch (IOException problem) {
      throw CacheProblems.local(directory, problem);
    }
  }
}
