package org.mergetomix.output;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.ShutdownHookManager;
import org.mergetomix.location.Location;
import org.mergetomix.problem.UserException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right of one driver to write to an output. It is renewed in the background until it is
 * closed, or the process ends; of a driver that has died it expires.
 *
 * <p>It asks of a file system only that a file which was written is seen by who reads or lists
 * afterwards, as S3, HDFS and local file systems have it; not that a file is made only once,
 * renamed or appended to, and not that clocks agree. A network file system that remembers listings
 * for seconds does not promise that.
 *
 * <p>The limit of every lease: a driver that is stopped for longer than its lease holds, and goes
 * on in the middle of a write, finishes that write beside its successor's. It learns of its
 * successor before the next one. Safe for use by several threads.
 */
public final class OutputLease implements AutoCloseable {

  private static final Logger LOGGER = LoggerFactory.getLogger(OutputLease.class);

  /** The folder of an output in which drivers say that they are at work. */
  public static final String FOLDER = "lease";

  /** How often it is renewed in the time that it holds. */
  static final int RENEWALS = 6;

  /** After Spark has stopped, before Hadoop closes its file systems. */
  private static final int HOOK_PRIORITY = FileSystem.SHUTDOWN_HOOK_PRIORITY + 10;

  private final Location output;
  private final LeaseFolder folder;
  private final Duration duration;
  private final Runnable onLoss;
  private final Runnable hook = this::close;
  private final ScheduledExecutorService heart =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "output-lease");
            thread.setDaemon(true);
            return thread;
          });
  private LeaseEntry own;
  private long renewed;
  private boolean closed;
  private volatile Optional<UserException> loss = Optional.empty();

  private OutputLease(
      Location output, LeaseFolder folder, LeaseEntry own, long renewed, Runnable onLoss) {
    this.output = output;
    this.folder = folder;
    this.own = own;
    this.renewed = renewed;
    this.duration = Duration.ofSeconds(own.seconds());
    this.onLoss = onLoss;
  }

  /**
   * Waits until nobody else is at work, and no longer than it takes to know that somebody is.
   *
   * @param output the run's directory
   * @param files how it is reached
   * @param seconds how long the lease holds without being renewed
   * @param onLoss called once, by another thread, if another driver takes over
   * @throws UserException usage, if another driver works on the output; input, if the output cannot
   *     be written
   */
  public static OutputLease acquire(
      Location output, OutputFiles files, long seconds, Runnable onLoss) {
    LeaseFolder folder = new LeaseFolder(files, output.child(FOLDER));
    LeaseEntry request =
        new LeaseEntry(
            UUID.randomUUID().toString(),
            0,
            LeaseEntry.State.ASKING,
            DriverProcess.current(),
            Instant.now().toString(),
            seconds,
            0);
    try {
      long before = System.nanoTime();
      LeaseEntry own = new LeaseRequest(folder, request).hold();
      OutputLease lease = new OutputLease(output, folder, own, before, onLoss);
      lease.start();
      return lease;
    } catch (IOException failure) {
      throw OutputProblems.of(output, failure);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for the output", interruption);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // A beat reports its failures itself.
  private void start() {
    ShutdownHookManager.get().addShutdownHook(hook, HOOK_PRIORITY);
    long pause = duration.toNanos() / RENEWALS;
    heart.scheduleWithFixedDelay(this::beat, 0, pause, TimeUnit.NANOSECONDS);
  }

  private void beat() {
    try {
      renew();
    } catch (IOException | RuntimeException failure) {
      LOGGER.warn("The lease of {} could not be renewed: {}", output, failure.getMessage());
    }
  }

  private synchronized void renew() throws IOException {
    if (closed || loss.isPresent()) {
      return;
    }
    long now = System.nanoTime();
    List<LeaseEntry> entries = folder.entries(own.seconds());
    Optional<LeaseEntry> successor =
        entries.stream()
            .filter(entry -> entry.state() == LeaseEntry.State.HOLDING)
            .filter(entry -> !entry.id().equals(own.id()) && entry.beats(own))
            .findFirst();
    if (successor.isPresent()) {
      lose(
          "Another driver took over this output: %s, since %s"
              .formatted(successor.get().owner().name(), successor.get().since()));
    } else if (entries.stream().noneMatch(entry -> entry.id().equals(own.id()))) {
      lose("The lease of this driver on its output was removed");
    } else {
      own = own.renewed();
      folder.write(own);
      renewed = now;
    }
  }

  private void lose(String what) {
    loss =
        Optional.of(
            UserException.input(
                what,
                folder.file(own.id()).toString(),
                "What is committed is kept: let one driver go on"));
    onLoss.run();
  }

  /** Why this driver may not write any more; empty as long as it may. */
  public Optional<UserException> loss() {
    return loss;
  }

  /**
   * Makes sure that this driver may write.
   *
   * @throws UserException input, if another took over, or if the output cannot be reached to see
   *     that none did
   */
  public void require() {
    try {
      if (isStale()) {
        renew();
      }
    } catch (IOException failure) {
      throw OutputProblems.of(output, failure);
    }
    if (loss.isPresent()) {
      throw loss.get();
    }
  }

  private synchronized boolean isStale() {
    return System.nanoTime() - renewed > duration.toNanos();
  }

  /** Gives the lease back. */
  @Override
  public void close() {
    heart.shutdown();
    release();
    if (!ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(hook);
    }
  }

  private synchronized void release() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      folder.delete(own);
    } catch (IOException | RuntimeException failure) {
      LOGGER.warn(
          "The lease of {} could not be given back, and expires: {}", output, failure.getMessage());
    }
  }
}
