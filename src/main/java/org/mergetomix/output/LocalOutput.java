package org.mergetomix.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.mergetomix.cache.Draft;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.location.Location;
import org.mergetomix.problem.UserException;

/**
 * A file or folder that is written on this machine, wherever it is to appear: for code that maps
 * files into memory. It is the place itself where that lies here, else room in the cache's
 * directory, given back on closing.
 */
public final class LocalOutput implements AutoCloseable {

  private final OutputFiles files;
  private final Location location;
  private final Optional<Draft> draft;

  private LocalOutput(OutputFiles files, Location location, Optional<Draft> draft) {
    this.files = files;
    this.location = location;
    this.draft = draft;
  }

  /**
   * A place to write at.
   *
   * @param location where it is to appear
   * @param bytes the most that is written; looked at only where it does not lie here
   * @param cache gives room where it does not lie here; closed after this
   * @param hadoop how that is reached
   * @throws UserException if there is no room
   */
  public static LocalOutput of(
      Location location, long bytes, InputFiles cache, Configuration hadoop) {
    return new LocalOutput(
        new OutputFiles(hadoop),
        location,
        location.isLocal() ? Optional.empty() : Optional.of(cache.draft(location, bytes)));
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
    return draft.map(room -> room.folder().resolve(location.name())).orElseGet(location::path);
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
    upload(path(), location);
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
      upload(file, location.child(path().relativize(file).toString()));
    }
  }

  /**
   * As {@link #publishFolder}, in place of the folder that is there, if one is: its files go before
   * the first one comes, so that the two are never mixed.
   */
  public void replaceFolder(String last) {
    if (location.isLocal()) {
      return;
    }
    try {
      files.delete(location);
    } catch (IOException failure) {
      throw OutputProblems.ofFile(location, failure);
    }
    publishFolder(last);
  }

  private List<Path> inOrder(String last) {
    Comparator<Path> lastAtTheEnd = Comparator.comparing(file -> file.endsWith(last));
    try (Stream<Path> written = Files.walk(path())) {
      return written
          .filter(Files::isRegularFile)
          .sorted(lastAtTheEnd.thenComparing(Comparator.naturalOrder()))
          .toList();
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

  @Override
  public void close() {
    draft.ifPresent(Draft::close);
  }
}
