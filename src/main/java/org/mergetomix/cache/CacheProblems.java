package org.mergetomix.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.mergetomix.problem.UserException;

/** What can be wrong with the cache itself, as what the user has to mend. */
final class CacheProblems {

  private static final String OTHER_DISK =
      "Free some space, or set cache.directory to a folder on a larger disk";

  private CacheProblems() {}

  static RuntimeException local(Path directory, IOException cause) {
    if (cause instanceof ClosedByInterruptException) {
      return new UncheckedIOException(cause);
    }
    if (cause instanceof AccessDeniedException) {
      return UserException.input(
          "No permission to use the cache directory",
          directory.toString(),
          "Set cache.directory to a folder that the user who runs this may write",
          cause);
    }
    String reason = reason(cause);
    String lower = reason.toLowerCase(Locale.ROOT);
    if (Stream.of("no space left", "quota", "file too large").anyMatch(lower::contains)) {
      return UserException.input(
          "The disk of the cache is full: " + reason, directory.toString(), OTHER_DISK, cause);
    }
    return UserException.input(
        "The cache directory cannot be used: " + reason,
        directory.toString(),
        "Set cache.directory to a folder on a local disk",
        cause);
  }

  static UserException tooLarge(String file, long length, long capacity) {
    return UserException.usage(
        "A file of %d bytes does not fit into a cache of %d".formatted(length, capacity),
        file,
        "Raise cache.capacity");
  }

  static UserException inUse(String file, long length, long capacity, long used) {
    return UserException.usage(
        "A file of %d bytes does not fit into a cache of %d, of which %d are in use"
            .formatted(length, capacity, used),
        file,
        "Raise cache.capacity to at least " + (used + length));
  }

  static UserException diskTooSmall(Path directory, String file, long needed, long free) {
    return UserException.input(
        "The disk of the cache has %d bytes free, but %s needs %d".formatted(free, file, needed),
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

  private static String reason(IOException cause) {
    Optional<String> said =
        cause instanceof FileSystemException inFileSystem
            ? Optional.ofNullable(inFileSystem.getReason())
            : Optional.ofNullable(cause.getMessage());
    return said.orElse(cause.getClass().getSimpleName());
  }
}
