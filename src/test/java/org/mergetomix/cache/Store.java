package org.mergetomix.cache;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.hadoop.fs.FileStatus;

/** What a {@link FaultyFileSystem} did and what shall go wrong in it. */
final class Store {

  final AtomicLong bytesRead = new AtomicLong();
  final AtomicInteger statuses = new AtomicInteger();
  final AtomicInteger opens = new AtomicInteger();
  final AtomicInteger closes = new AtomicInteger();
  final AtomicInteger reads = new AtomicInteger();

  private final Queue<Supplier<IOException>> failures = new ConcurrentLinkedQueue<>();
  private final Queue<Long> cuts = new ArrayDeque<>();
  private volatile Optional<Supplier<IOException>> lastingFailure = Optional.empty();
  private volatile Optional<String> etag = Optional.empty();
  private volatile Optional<Long> claimedLength = Optional.empty();
  private volatile long spoiltByte = -1;
  private volatile ReadHook hook = (number, position) -> {};
  private volatile Runnable statusHook = () -> {};

  /** Called before each read with its number, from 1 on. */
  @FunctionalInterface
  interface ReadHook {
    void beforeRead(int number, long position) throws IOException;
  }

  Store etag(String value) {
    etag = Optional.of(value);
    return this;
  }

  Store claimedLength(long length) {
    claimedLength = Optional.of(length);
    return this;
  }

  Store beforeRead(ReadHook work) {
    hook = work;
    return this;
  }

  Store beforeStatus(Runnable work) {
    statusHook = work;
    return this;
  }

  /** The next request fails, whatever it is for. */
  Store failOnce(Supplier<IOException> failure) {
    failures.add(failure);
    return this;
  }

  Store failAlways(Supplier<IOException> failure) {
    lastingFailure = Optional.of(failure);
    return this;
  }

  Store recover() {
    lastingFailure = Optional.empty();
    claimedLength = Optional.empty();
    spoiltByte = -1;
    return this;
  }

  /** The next read gives so many bytes and then ends. */
  Store cutOnce(long bytes) {
    synchronized (cuts) {
      cuts.add(bytes);
    }
    return this;
  }

  /** The byte at this position comes out wrong. */
  Store spoil(long position) {
    spoiltByte = position;
    return this;
  }

  void onStatus() throws IOException {
    statuses.incrementAndGet();
    statusHook.run();
    fail();
  }

  FileStatus status(FileStatus status) {
    FileStatus claimed =
        claimedLength
            .map(
                length ->
                    new FileStatus(
                        length,
                        false,
                        1,
                        status.getBlockSize(),
                        status.getModificationTime(),
                        status.getPath()))
            .orElse(status);
    return etag.<FileStatus>map(value -> new FaultyFileSystem.EtagStatus(claimed, value))
        .orElse(claimed);
  }

  void onOpen() throws IOException {
    opens.incrementAndGet();
    fail();
  }

  void onClose() {
    closes.incrementAndGet();
  }

  /** Where the read really ends. */
  long onRead(long position, int length) throws IOException {
    hook.beforeRead(reads.incrementAndGet(), position);
    fail();
    synchronized (cuts) {
      Long cut = cuts.poll();
      return position + (cut == null ? length : Math.min(length, cut));
    }
  }

  void onBytes(long count) {
    bytesRead.addAndGet(count);
  }

  void spoil(long position, byte[] bytes, int offset, int length) {
    long index = spoiltByte - position;
    if (spoiltByte >= 0 && index >= 0 && index < length) {
      bytes[offset + (int) index] ^= 1;
    }
  }

  private void fail() throws IOException {
    Supplier<IOException> once = failures.poll();
    if (once != null) {
      throw once.get();
    }
    if (lastingFailure.isPresent()) {
      throw lastingFailure.get().get();
    }
  }
}
