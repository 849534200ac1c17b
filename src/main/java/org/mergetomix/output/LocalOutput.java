package org.mergetomix.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileUtil;
import org.mergetomix.location.Location;
import org.mergetomix.problem.UserException;

/**
 * A file or folder that is written on this machine, wherever it is to appear: for code that maps
 * files into memory. It is the place itself where that lies here, else a temporary one, deleted on
 * closing.
 */
public final class LocalOutput implements AutoCloseable {

  private final OutputFiles files;
  private final Location location;
  private final Path path;

  private LocalOutput(OutputFiles files, Location location) throws IOException {
    this.files = files;
    this.location = location;
    this.path =
        location.isLocal()
            ? location.path()
            : Files.createTempDirectory("merge-to-mix").resolve(location.name());
  }

  /**
   * A place to write at.
   *
   * @param location where it is to appear
   * @param hadoop how that is reached
   * @throws UserException if there is no room
   */
  public static LocalOutput of(Location location, Configuration hadoop) {
    try {
      return new LocalOutput(new OutputFiles(hadoop), location);
    } catch (IOException failure) {
      throw OutputProblems.ofFile(location, failure);
    }
  }

  /**
   * Makes sure that nothing is at a place yet.
   *
   * @throws UserException usage if something is; input if the place cannot be looked at
   */
  public static void requireNew(Location location, Configuration hadoop) {
    OutputFiles files = new OutputFiles(hadoop);
    try {
      files.reach(location);
      if (files.exists(location)) {
        throw UserException.usage(
            "The folder exists already", location.toString(), "Choose another, or remove it");
      }
    } catch (IOException failure) {
      throw OutputProblems.ofFile(location, failure);
    }
  }

  /** Where to write on this machine. */
  public Path path() {
    return path;
  }

  /**
   * Puts the file that was written in its place, whole or not at all.
   *
   * @throws UserException if it cannot be put there
   */
  public void publish() {
    if (location.isLocal()) {
      return;
    }
    upload(path, location);
  }

  /**
   * Puts the files of the folder that was written in their place, each whole or not at all.
   *
   * @param last the file that comes last: where it is, the folder is complete
   * @throws UserException if they cannot be put there
   */
  public void publishFolder(String last) {
    if (location.isLocal()) {
      return;
    }
    for (Path file : inOrder(last)) {
      upload(file, location.child(file.getFileName().toString()));
    }
  }

  private List<Path> inOrder(String last) {
    Comparator<Path> lastAtTheEnd = Comparator.comparing(file -> file.endsWith(last));
    try (Stream<Path> written = Files.list(path)) {
      return written.sorted(lastAtTheEnd.thenComparing(Comparator.naturalOrder())).toList();
    } catch (IOException failure) {
      throw OutputProblems.ofFile(location, failure);
    }
  }

  private void upload(Path file, Location target) {
    try {
      files.upload(file, target);
    } catch (IOException failure) {
      throw OutputProblems.ofFile(target, failure);
    }
  }

  /** A temporary file that stays costs room and nothing else. */
  @Override
  public void close() {
    if (!location.isLocal()) {
      FileUtil.fullyDelete(path.getParent().toFile());
    }
  }
}
