package org.mergetomix.cache.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.mergetomix.problem.FileFailure;
import org.mergetomix.problem.UserException;

/** What can be wrong with the cache itself, as what the user has to mend. */
public final class CacheProblems {

  private static final String OTHER_DISK =
      "Free some space, or set cache.directory to a folder on a larger disk";

  private CacheProblems() {}

  /** What a failure of the cache's own files means. */
  public static RuntimeException local(Path directory, IOException cause) {
    return switch (FileFailure.of(cause)) {
      case INTERRUPTED -> new UncheckedIOException(cause);
      case DENIED ->
          UserException.input(
              "No permission to use the cache directory",
              directory.toString(),
              "Set cache.directory to a folder that the user who runs this may write",
              cause);
      case FULL ->
          UserException.input(
              "The disk of the cache is full: " + FileFailure.reason(cause),
              directory.toString(),
              OTHER_DISK,
              cause);
      default ->
          UserException.input(
              "The cache directory cannot be used: " + FileFailure.reason(cause),
              directory.toString(),
              "Set cache.directory to a folder on a local disk",
              cause);
    };
  }

  static UserException tooLarge(String file, long length, long capacity) {
    return UserException.usage(
        "A file of %s bytes does not fit into a cache of %s".formatted(length, capacity),
        file,
        "Raise cache.capacity");
  }

  static UserException inUse(String file, long length, long capacity, long used) {
    return UserException.usage(
        "A file of %s bytes does not fit into a cache of %s, of which %s are in use"
            .formatted(length, capacity, used),
        file,
        "Raise cache.capacity to at least " + (used + length));
  }

  static UserException diskTooSmall(Path directory, String file, long needed, long free) {
    return UserException.input(
        "The disk of the cache has %s bytes free, but %s needs %s".formatted(free, file, needed),
        directory.toString(),
        OTHER_DISK);
  }

  static UserException changedByOthers(Path directory) {
    return UserException.input(
        "Something else removed or changed files of the cache while they were in use",
        directory.toString(),
        "Keep cleaners of temporary files away from it, or set cache.directory to another folder");
  }

  static UserException notPrivate(Path directory) {
    return UserException.input(
        "The cache directory is a link, or anyone may write into it",
        directory.toString(),
        "Remove it, or set cache.directory to another folder");
  }
}
