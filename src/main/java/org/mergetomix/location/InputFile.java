package org.mergetomix.location;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Whether a file or folder that somebody named can be read at all. */
public final class InputFile {

  private InputFile() {}

  /**
   * Why the file cannot be used, as the end of a sentence that begins with it ({@code "does not
   * exist"}); empty when it is a readable file with something in it.
   */
  public static Optional<String> complaint(Path file) {
    if (!Files.exists(file)) {
      return Optional.of("does not exist");
    }
    if (Files.isDirectory(file)) {
      return Optional.of("is a folder, not a file");
    }
    if (!Files.isReadable(file)) {
      return Optional.of("cannot be read: permission is missing");
    }
    try {
      return Files.size(file) == 0 ? Optional.of("is empty") : Optional.empty();
    } catch (IOException e) {
      return Optional.of("cannot be read: " + e.getMessage());
    }
  }

  /**
   * Why neither a file nor a folder can be used, in the same words; empty when it is a readable
   * file or folder with something in it.
   */
  public static Optional<String> complaintOfFileOrFolder(Path path) {
    if (!Files.isDirectory(path)) {
      return complaint(path);
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
      return files.iterator().hasNext() ? Optional.empty() : Optional.of("is an empty folder");
    } catch (AccessDeniedException e) {
      return Optional.of("cannot be read: permission is missing");
    } catch (IOException | DirectoryIteratorException e) {
      return Optional.of("cannot be read: " + e.getMessage());
    }
  }
}
