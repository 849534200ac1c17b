package org.mergetomix.cache;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.OpenFileOptions;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.util.functional.FutureIO;
import org.mergetomix.cache.disk.Interruptions;
import org.mergetomix.cache.disk.IoSupplier;
import org.mergetomix.location.Location;
import org.mergetomix.problem.FileFailure;
import org.mergetomix.problem.UserException;
import org.mergetomix.store.Connector;
import org.mergetomix.store.FirstContact;
import org.mergetomix.store.OtherRegion;

/**
 * Reads from Hadoop's file systems: tries again what may pass, and says plainly what does not. Safe
 * for use by several threads.
 */
final class RemoteStore implements DataListing.Store {

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
  FileStatus status(Location location) {
    FileStatus status = fileOrFolder(location);
    if (status.isDirectory()) {
      throw UserException.input("A file was expected, not a folder", location.text(), "");
    }
    return status;
  }

  /**
   * What the store says about a file or a folder.
   *
   * @throws UserException input, when there is none or it cannot be reached
   */
  FileStatus fileOrFolder(Location location) {
    return retrying(location, () -> fileSystem(location).getFileStatus(Connector.path(location)));
  }

  /**
   * The same, if there is anything.
   *
   * @throws UserException input, when the store cannot be reached
   */
  @Override
  public Optional<FileStatus> find(Location location) {
    return retrying(
        location,
        () -> {
          try {
            return Optional.of(fileSystem(location).getFileStatus(Connector.path(location)));
          } catch (IOException failure) {
            if (isMissing(failure)) {
              return Optional.empty();
            }
            throw failure;
          }
        });
  }

  /**
   * The files directly in a folder, by name.
   *
   * @throws UserException input, when there is no such folder or it cannot be reached
   */
  SortedMap<String, FileStatus> files(Location folder) {
    SortedMap<String, FileStatus> files = list(folder);
    files.values().removeIf(status -> !status.isFile());
    return files;
  }

  /** The files and folders directly in a folder, by name; otherwise as {@link #files}. */
  @Override
  public SortedMap<String, FileStatus> list(Location folder) {
    return retrying(
        folder,
        () -> {
          SortedMap<String, FileStatus> entries = new TreeMap<>();
          for (FileStatus status : fileSystem(folder).listStatus(Connector.path(folder))) {
            entries.put(status.getPath().getName(), status);
          }
          return entries;
        });
  }

  /** Reads ranges of a file; used by one thread. Gives up early once {@code stop} is at zero. */
  RangeReader ranges(Location location, FileStatus status, CountDownLatch stop) {
    return new RangeReader(location, status, stop);
  }

  private FileSystem fileSystem(Location location) throws IOException {
    try {
      FirstContact.make(location, hadoop);
      return Connector.fileSystem(location, hadoop);
    } catch (IllegalArgumentException malformed) {
      throw UserException.input(
          "The location cannot be used: " + malformed.getMessage(),
          location.text(),
          "Check its host and path",
          malformed);
    }
  }

  private <T> T retrying(Location location, IoSupplier<T> work) {
    return retrying(location, new CountDownLatch(1), work);
  }

  private <T> T retrying(Location location, CountDownLatch stop, IoSupplier<T> work) {
    for (int failures = 1; ; failures++) {
      try {
        return work.get();
      } catch (IOException failure) {
        if (isInterruption(failure)) {
          throw Interruptions.interrupted(failure);
        }
        if (!mayPass(location, failure)
            || failures >= retries.attempts()
            || stopped(stop, failures)) {
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
        || FileFailure.of(failure) == FileFailure.INTERRUPTED
        || (failure instanceof InterruptedIOException
            && !(failure instanceof SocketTimeoutException));
  }

  private static boolean mayPass(Location location, IOException failure) {
    return !(isMissing(failure)
        || isForbidden(failure)
        || OtherRegion.problem(failure, location.text()).isPresent()
        || failure instanceof UnsupportedFileSystemException);
  }

  private static boolean isMissing(IOException failure) {
    return failure instanceof FileNotFoundException || failure instanceof NoSuchFileException;
  }

  private static boolean isForbidden(IOException failure) {
    return FileFailure.of(failure) == FileFailure.DENIED;
  }

  private static UserException problem(Location location, IOException failure, int attempts) {
    return OtherRegion.problem(failure, location.text())
        .orElseGet(() -> commonProblem(location, failure, attempts));
  }

  private static UserException commonProblem(Location location, IOException failure, int attempts) {
    if (isMissing(failure)) {
      return UserException.input(
          "The file does not exist", location.text(), "Check the location", failure);
    }
    if (isForbidden(failure)) {
      return UserException.input(
          "No permission to read the file",
          location.text(),
          "Check the credentials in the Hadoop configuration, spark.hadoop.*, of this job",
          failure);
    }
    if (failure instanceof UnsupportedFileSystemException) {
      return UserException.input(
          "There is no file system for " + location.uri().replaceFirst("//.*", ""),
          location.text(),
          "Add its connector to the jars of the job, as hadoop-aws for s3a:",
          failure);
    }
    if (failure instanceof EOFException) {
      return UserException.input(
          "The file was cut off while it was read, %s times".formatted(attempts),
          location.text(),
          "Check that nothing writes to it, and upload it again",
          failure);
    }
    return UserException.input(
        "The file cannot be read, after %s attempts: %s"
            .formatted(attempts, FileFailure.reason(failure)),
        location.text(),
        "Check that its store can be reached from this machine",
        failure);
  }

  /** Reads ranges, opening the file again after a failure. */
  final class RangeReader implements AutoCloseable {

    private final Location location;
    private final FileStatus status;
    private final CountDownLatch stop;
    private Optional<FSDataInputStream> open = Optional.empty();

    private RangeReader(Location location, FileStatus status, CountDownLatch stop) {
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
     * Each range becomes one request that asks for little more than it. The status saves asking for
     * it again, and lets a store refuse when the file is not the same any more.
     */
    private FSDataInputStream stream() throws IOException {
      if (open.isEmpty()) {
        open =
            Optional.of(
                FutureIO.awaitFuture(
                    fileSystem(location)
                        .openFile(Connector.path(location))
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
