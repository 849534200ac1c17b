package org.mergetomix.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.mergetomix.location.Location;

/**
 * A file that is written on this machine, wherever it is to appear: for code that maps files into
 * memory. It is the file itself where that lies here, else a temporary one, deleted on closing.
 */
public final class LocalFile implements AutoCloseable {

  private final OutputFiles files;
  private final Location location;
  private final Path path;

  private LocalFile(OutputFiles files, Location location) throws IOException {
    this.files = files;
    this.location = location;
    this.path =
        location.isLocal()
            ? location.path()
            : Files.createTempDirectory("merge-to-mix").resolve(location.name());
  }

  /**
   * A place to write a file at.
   *
   * @param location where it is to appear
   * @param hadoop how that is reached
   * @throws org.mergetomix.problem.UserException if there is no room
   */
  public static LocalFile of(Location location, Configuration hadoop) {
    try {
      return new LocalFile(new OutputFiles(hadoop), location);
    } catch (IOException failure) {
      throw OutputProblems.ofFile(location, failure);
    }
  }

  /** The file on this machine. */
  public Path path() {
    return path;
  }

  /**
   * Puts what was written in its place, whole or not at all.
   *
   * @throws org.mergetomix.problem.UserException if it cannot be put there
   */
  public void publish() {
    if (location.isLocal()) {
      return;
    }
    try {
      files.upload(path, location);
    } catch (IOException failure) {
      throw OutputProblems.ofFile(location, failure);
    }
  }

  /** A temporary file that stays costs room and nothing else. */
  @Override
  @SuppressWarnings("EmptyCatch")
  public void close() {
    if (location.isLocal()) {
      return;
    }
    try {
      Files.deleteIfExists(path);
      Files.deleteIfExists(path.getParent());
    } catch (IOException ignored) {
      // What it was for is done, or has failed with a reason of its own.
    }
  }
}
