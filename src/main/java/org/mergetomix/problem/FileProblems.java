package org.mergetomix.problem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Turns what the file system says into what the user has to mend. */
public final class FileProblems {

  private FileProblems() {}

  /** Opening anything but a plain file could block for ever or give endless bytes. */
  public static void requireRegularFile(Path file) {
    if (Files.isRegularFile(file)) {
      return;
    }
    if (Files.isDirectory(file)) {
      throw UserException.input("A file was expected, not a directory", file.toString(), "");
    }
    if (Files.exists(file)) {
      throw UserException.input("This is not a regular file", file.toString(), "");
    }
    throw missing(file, new NoSuchFileException(file.toString()));
  }

  public static RuntimeException reading(Path file, IOException cause) {
    if (cause instanceof ClosedByInterruptException) {
      return new UncheckedIOException(cause);
    }
    if (cause instanceof NoSuchFileException) {
      return missing(file, cause);
    }
    if (cause instanceof AccessDeniedException) {
      return UserException.input(
          "No permission to read the file",
          file.toString(),
          "Give read permission to the user that runs this",
          cause);
    }
    return UserException.input(
        "The file cannot be read: " + reason(cause),
        file.toString(),
        "Check the disk or the mount it lies on",
        cause);
  }

  public static RuntimeException writing(Path file, IOException cause) {
    if (cause instanceof ClosedByInterruptException) {
      return new UncheckedIOException(cause);
    }
    if (cause instanceof AccessDeniedException) {
      return UserException.input(
          "No permission to write the file",
          file.toString(),
          "Give write permission on its directory to the user that runs this, or choose another"
              + " output directory",
          cause);
    }
    String reason = reason(cause);
    String lower = reason.toLowerCase(Locale.ROOT);
    if (lower.contains("no space left") || lower.contains("quota")) {
      return UserException.input(
          "The disk is full",
          file.toString(),
          "Free some space, or choose an output directory on another disk",
          cause);
    }
    return UserException.input(
        "The file cannot be written: " + reason,
        file.toString(),
        "Check that its directory can be created and written, and that the disk has room",
        cause);
  }

  private static UserException missing(Path file, IOException cause) {
    return UserException.input(
        "The file does not exist",
        file.toString(),
        "Check the path, and that it can be reached from this machine",
        cause);
  }

  private static String reason(IOException cause) {
    Optional<String> said =
        cause instanceof FileSystemException inFileSystem
            ? Optional.ofNullable(inFileSystem.getReason())
            : Optional.ofNullable(cause.getMessage());
    return said.orElse(cause.getClass().getSimpleName());
  }
}
