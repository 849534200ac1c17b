package org.mergetomix.plan;

import java.io.Serializable;
import java.nio.file.Path;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.folder.Digests;
import org.mergetomix.location.Location;
import org.mergetomix.problem.UserException;

/**
 * A file, or the folder of a checkpoint, that the run reads; known by its contents.
 *
 * @param location where it lies
 * @param promised the sha256 that the manifest gives; empty when it gives none
 * @param digest its sha256, in hex
 */
public record FileInput(Location location, String promised, String digest) implements Serializable {

  /** A checkpoint, a file or a folder, or any other file of this machine; it is read once. */
  public static FileInput of(Path path) {
    return new FileInput(Location.of(path), "", Digests.checkpoint(path));
  }

  /**
   * The same on this host.
   *
   * @throws UserException if it cannot be fetched or is not what it was when the run began
   */
  public FileInput fetched(InputFiles files) {
    if (location.isLocal()) {
      return this;
    }
    Path here = files.fetch(location, promised);
    if (!files.digest(location, promised).equals(digest)) {
      throw UserException.input(
          "The file changed since the run began", location.text(), "Start again");
    }
    return new FileInput(Location.of(here), promised, digest);
  }

  /** Where it lies, as it is shown. */
  public String path() {
    return location.text();
  }

  /** Where a fetched input is. */
  public Path file() {
    return location.path();
  }
}
