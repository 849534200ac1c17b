package org.mergetomix.store;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.mergetomix.location.Location;

/** The way from a location to the file system that it lies in. */
public final class Connector {

  private Connector() {}

  /** What Hadoop calls a location. */
  public static Path path(Location location) {
    return new Path(location.uri());
  }

  /**
   * The file system of a location, which the whole JVM shares; not to be closed.
   *
   * @throws UnsupportedFileSystemException when there is none for its scheme, or the class of the
   *     one that is named for it is missing
   * @throws IllegalArgumentException when Hadoop cannot use the location
   */
  public static FileSystem fileSystem(Location location, Configuration hadoop) throws IOException {
    return connected(location, path -> path.getFileSystem(hadoop));
  }

  /** A file system of the caller's own, to be closed; otherwise as {@link #fileSystem}. */
  static FileSystem ownFileSystem(Location location, Configuration hadoop) throws IOException {
    return connected(location, path -> FileSystem.newInstance(path.toUri(), hadoop));
  }

  private static FileSystem connected(Location location, Opening opening) throws IOException {
    try {
      return opening.open(path(location));
    } catch (RuntimeException failure) {
      // Hadoop says in this way that a class is missing.
      if (failure.getCause() instanceof ClassNotFoundException) {
        throw (IOException)
            new UnsupportedFileSystemException(location.text()).initCause(failure.getCause());
      }
      throw failure;
    }
  }

  /** How a file system is come by. */
  @FunctionalInterface
  private interface Opening {

    FileSystem open(Path path) throws IOException;
  }
}
