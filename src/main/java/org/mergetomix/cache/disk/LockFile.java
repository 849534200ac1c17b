package org.mergetomix.cache.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Locks that hold between processes and between the threads of this one. Each byte position of the
 * file is a lock of its own, held by several that share it or by one that does not. A process that
 * dies holds nothing.
 *
 * <p>The operating system keeps locks per process and drops them all when the process closes the
 * file anywhere. So each file is open once in a JVM, and threads are told apart by counting here.
 * It also takes two processes that wait for each other with different threads for a deadlock; so
 * nothing here waits inside the operating system, but asks again. Safe for use by several threads.
 */
public final class LockFile implements AutoCloseable {

  /** The lock of the whole directory. */
  private static final long DIRECTORY = 0;

  /** How long another process's release may go unnoticed. */
  private static final long POLL_MILLISECONDS = 20;

  private static final Map<Path, LockFile> OPEN = new HashMap<>();

  private final Path path;
  private final FileChannel channel;
  private final Optional<Object> identity;
  private final Map<Long, Held> held = new HashMap<>();
  private final ReentrantLock monitor = new ReentrantLock();
  private final Condition directoryReleased = monitor.newCondition();
  private final Condition keyReleased = monitor.newCondition();
  private int owners;

  private LockFile(Path path) throws IOException {
    this.path = path;
    this.channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    this.identity = identity();
  }

  /** The locks of a file, which is created when it is missing. Its directory exists. */
  public static LockFile open(Path file) throws IOException {
    Path real = file.getParent().toRealPath().resolve(file.getFileName());
    synchronized (OPEN) {
      LockFile open = OPEN.get(real);
      if (open == null) {
        open = new LockFile(real);
        OPEN.put(real, open);
      }
      open.owners++;
      return open;
    }
  }

  /** Whether the file was removed or replaced, so that others hold locks that are not these. */
  boolean isLost() throws IOException {
    return !Files.exists(path, LinkOption.NOFOLLOW_LINKS) || !identity.equals(identity());
  }

  private Optional<Object> identity() throws IOException {
    return Optional.ofNullable(
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey());
  }

  /** Does something while no other thread or process holds the directory; waits for it. */
  <T> T withDirectory(IoSupplier<T> work) throws IOException {
    Hold hold = awaitDirectory();
    try {
      return work.get();
    } finally {
      hold.close();
    }
  }

  private Hold awaitDirectory() throws IOException {
    monitor.lock();
    try {
      while (true) {
        Optional<Hold> hold = tryExclusive(DIRECTORY);
        if (hold.isPresent()) {
          return hold.get();
        }
        await(directoryReleased);
      }
    } finally {
      monitor.unlock();
    }
  }

  /** Waits until some key may have been released; not for long. */
  public void awaitKeyReleased() {
    monitor.lock();
    try {
      await(keyReleased);
    } finally {
      monitor.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // Every caller looks again, whatever ended the waiting.
  private static void await(Condition condition) {
    try {
      if (!condition.await(POLL_MILLISECONDS, TimeUnit.MILLISECONDS)) {
        // Another process does not signal: the caller looks for itself.
        return;
      }
    } catch (InterruptedException interruption) {
      throw Interruptions.interrupted(interruption);
    }
  }

  /** The lock of a position beside others who share it; empty when one holds it alone. */
  Optional<Hold> tryShared(long position) throws IOException {
    monitor.lock();
    try {
      Held mine = held.get(position);
      if (mine == null) {
        return take(position, Sharing.SHARED);
      }
      if (!mine.lock.isShared()) {
        return Optional.empty();
      }
      mine.holders++;
      return Optional.of(new Hold(position));
    } finally {
      monitor.unlock();
    }
  }

  /** The lock of a position for one alone; empty when anyone holds it. */
  public Optional<Hold> tryExclusive(long position) throws IOException {
    monitor.lock();
    try {
      return held.containsKey(position) ? Optional.empty() : take(position, Sharing.EXCLUSIVE);
    } finally {
      monitor.unlock();
    }
  }

  private Optional<Hold> take(long position, Sharing sharing) throws IOException {
    try {
      FileLock lock = channel.tryLock(position, 1, sharing == Sharing.SHARED);
      if (lock == null) {
        return Optional.empty();
      }
      held.put(position, new Held(lock));
      return Optional.of(new Hold(position));
    } catch (OverlappingFileLockException heldByAnotherClassLoader) {
      return Optional.empty();
    }
  }

  private void release(long position) {
    monitor.lock();
    try {
      Held mine = Objects.requireNonNull(held.get(position));
      if (--mine.holders > 0) {
        return;
      }
      held.remove(position);
      if (mine.lock.isValid()) {
        mine.lock.release();
      }
      (position == DIRECTORY ? directoryReleased : keyReleased).signalAll();
    } catch (IOException failure) {
      throw CacheProblems.local(path.getParent(), failure);
    } finally {
      monitor.unlock();
    }
  }

  /** The last to close it releases every lock that is still held. */
  @Override
  public void close() {
    synchronized (OPEN) {
      if (--owners > 0) {
        return;
      }
      OPEN.remove(path);
      try {
        channel.close();
      } catch (IOException failure) {
        throw CacheProblems.local(path.getParent(), failure);
      }
    }
  }

  /** Whether others may hold a lock too. */
  private enum Sharing {
    SHARED,
    EXCLUSIVE
  }

  private static final class Held {
    final FileLock lock;
    int holders = 1;

    Held(FileLock lock) {
      this.lock = lock;
    }
  }

  /** One holder's part in a lock; closing it twice does nothing more. */
  public final class Hold implements AutoCloseable {

    private final long position;
    private boolean released;

    private Hold(long position) {
      this.position = position;
    }

    @Override
    public void close() {
      synchronized (this) {
        if (released) {
          return;
        }
        released = true;
      }
      release(position);
    }
  }
}
