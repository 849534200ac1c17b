package org.mergetomix.checkpoint.cache;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.OpenFileOptions;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.functional.FutureIO;
import org.mergetomix.problem.UserException;

/**
 * Reads from Hadoop's file systems: tries again what may pass, and says plainly what does not. Safe
 * for use by several threads.
 */
final class RemoteStore {

  private final Configuration hadoop;
  private final RetryPolicy retries;
  private final FetchCounter counter;

  RemoteStore(Configuration hadoop, RetryPolicy retries, FetchCounter counter) {
    this.hadoop = hadoop;
    this.retries = retries;
    this.counter = counter;
  }

  /**
   * What the store says about a file.
   *
   * @throws UserException input, when there is none or it cannot be reached
   */
  FileStatus status(URI location) {
    FileStatus status =
        retrying(
            location,
            new CountDownLatch(1),
            () -> fileSystem(location).getFileStatus(new Path(location)));
    if (status.isDirectory()) {
      throw UserException.input("A file was expected, not a folder", Locations.shown(location), "");
    }
    return status;
  }

  /** All bytes of a file that fits into memory. */
  byte[] readAll(URI location, FileStatus status) {
    byte[] bytes = new byte[Math.toIntExact(status.getLen())];
    try (RangeReader reader = ranges(location, status, new CountDownLatch(1))) {
      reader.read(0, bytes, bytes.length);
    }
    return bytes;
  }

  /** Reads ranges of a file; used by one thread. Gives up early once {@code stop} is at zero. */
  RangeReader ranges(URI location, FileStatus status, CountDownLatch stop) {
    return new RangeReader(location, status, stop);
  }

  private FileSystem fileSystem(URI location) throws IOException {
    try {
      return new Path(location).getFileSystem(hadoop);
    } catch (IllegalArgumentException malformed) {
      throw Locations.problem(
          "The location cannot be used: "
              + Locations.redacted(String.valueOf(malformed.getMessage()), location),
          location,
          "Check its host and path",
          malformed);
    }
  }

  private <T> T retrying(URI location, CountDownLatch stop, IoSupplier<T> work) {
    for (int failures = 1; ; failures++) {
      try {
        return work.get();
      } catch (IOException failure) {
        if (isInterruption(failure)) {
          throw Interruptions.interrupted(failure);
        }
        if (!mayPass(failure) || failures >= retries.attempts() || stopped(stop, failures)) {
          throw problem(location, failure, failures);
        }
      }
    }
  }

  private boolean stopped(CountDownLatch stop, int failures) {
    try {
      return stop.await(retries.pause(failures).toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException interruption) {
      throw Interruptions.interrupted(interruption);
    }
  }

  private static boolean isInterruption(IOException failure) {
    return Thread.currentThread().isInterrupted()
        || failure instanceof ClosedByInterruptException
        || (failure instanceof InterruptedIOException
            && !(failure instanceof SocketTimeoutException));
  }

  private static boolean mayPass(IOException failure) {
    return !(isMissing(failure)
        || isForbidden(failure)
        || failure instanceof UnsupportedFileSystemException);
  }

  private static boolean isMissing(IOException failure) {
    return failure instanceof FileNotFoundException || failure instanceof NoSuchFileException;
  }

  private static boolean isForbidden(IOException failure) {
    return failure instanceof java.nio.file.AccessDeniedException
        || failure instanceof AccessControlException;
  }

  private static UserException problem(URI location, IOException failure, int attempts) {
    if (isMissing(failure)) {
      return Locations.problem("The file does not exist", location, "Check the location", failure);
    }
    if (isForbidden(failure)) {
      return Locations.problem(
          "No permission to read the file",
          location,
          "Check the credentials in the Hadoop configuration, spark.hadoop.*, of this job",
          failure);
    }
    if (failure instanceof UnsupportedFileSystemException) {
      return Locations.problem(
          "There is no file system for " + location.getScheme() + ":",
          location,
          "Add its connector to the jars of the job, as hadoop-aws for s3a:",
          failure);
    }
    if (failure instanceof EOFException) {
      return Locations.problem(
          "The file was cut off while it was read, %d times".formatted(attempts),
          location,
          "Check that nothing writes to it, and upload it again",
          failure);
    }
    return Locations.problem(
        "The file cannot be read, after %d attempts: %s"
            .formatted(attempts, Locations.redacted(reason(failure), location)),
        location,
        "Check that its store can be reached from this machine",
        failure);
  }

  private static String reason(IOException failure) {
    return Optional.ofNullable(failure.getMessage()).orElse(failure.getClass().getSimpleName());
  }

  /** Reads ranges, opening the file again after a failure. */
  final class RangeReader implements AutoCloseable {

    private final URI location;
    private final FileStatus status;
    private final CountDownLatch stop;
    private Optional<FSDataInputStream> open = Optional.empty();

    private RangeReader(URI location, FileStatus status, CountDownLatch stop) {
      this.location = location;
      this.status = status;
      this.stop = stop;
    }

    /**
     * Fills the first {@code length} places with the bytes from {@code position} on.
     *
     * @throws UserException input, when the bytes cannot be had
     */
    void read(long position, byte[] bytes, int length) {
      retrying(
          location,
          stop,
          () -> {
            boolean complete = false;
            try {
              stream().readFully(position, bytes, 0, length);
              complete = true;
            } finally {
              if (!complete) {
                close();
              }
            }
            counter.read(location, length);
            return length;
          });
    }

    /**
     * Each range becomes one request that asks for it and no more. The status saves asking for it
     * again, and lets a store refuse when the file is not the same any more.
     */
    private FSDataInputStream stream() throws IOException {
      if (open.isEmpty()) {
        open =
            Optional.of(
                FutureIO.awaitFuture(
                    fileSystem(location)
                        .openFile(new Path(location))
                        .withFileStatus(status)
                        .opt(
                            OpenFileOptions.FS_OPTION_OPENFILE_READ_POLICY,
                            OpenFileOptions.FS_OPTION_OPENFILE_READ_POLICY_RANDOM)
                        .build()));
      }
      return open.get();
    }

    /** Nothing was written, so a failure to close is no failure. */
    @Override
    @SuppressWarnings("EmptyCatch")
    public void close() {
      Optional<FSDataInputStream> stream = open;
      open = Optional.empty();
      if (stream.isPresent()) {
        try {
          stream.get().close();
        } catch (IOException ignored) {
          // Its bytes were checked as they came.
        }
      }
    }
  }
}
