package org.mergetomix.problem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

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

  /** What a failure to read a file means. */
  public static RuntimeException reading(Path file, IOException cause) {
    return switch (FileFailure.of(cause)) {
      case INTERRUPTED -> new UncheckedIOException(cause);
      case MISSING -> missing(file, cause);
      case NOT_MAPPED ->
          UserException.input(
              "The file cannot be mapped into memory",
              file.toString(),
              "Raise the limits of address space (ulimit -v) and of mappings (vm.max_map_count)",
              cause);
      case DENIED ->
          UserException.input(
              "No permission to read the file",
              file.toString(),
              "Give read permission to the user that runs this",
              cause);
      default ->
          UserException.input(
              "The file cannot be read: " + FileFailure.reason(cause),
              file.toString(),
              "Check the disk or the mount it lies on",
              cause);
    };
  }

  /** What a failure to write a file means. */
  public static RuntimeException writing(Path file, IOException cause) {
    return switch (FileFailure.of(cause)) {
      case INTERRUPTED -> new UncheckedIOException(cause);
      case DENIED ->
          UserException.input(
              "No permission to write the file",
              file.toString(),
              "Give write permission on its directory to the user that runs this, or choose"
                  + " another output directory",
              cause);
      case FULL ->
          UserException.input(
              "The disk is full",
              file.toString(),
              "Free some space, or choose an output directory on another disk",
              cause);
      default ->
          UserException.input(
              "The file cannot be written: " + FileFailure.reason(cause),
              file.toString(),
              "Check that its directory can be created and written, and that the disk has room",
              cause);
    };
  }

  private static UserException missing(Path file, IOException cause) {
    return UserException.input(
        "The file does not exist",
        file.toString(),
        "Check the path, and that it can be reached from this machine",
        cause);
  }
}
