package org.mergetomix.folder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.mergetomix.problem.UserException;

/** What a model's folder holds beside its tensors: configuration and tokenizer. */
public final class Companions {

  /** What is written beside every checkpoint itself belongs to that one alone. */
  private static final Pattern NAME =
      Pattern.compile(
          "(?!.*\\.index\\.json$)(?!mixture\\.json$)(?!adapter_config\\.json$)"
              + ".*\\.(json|txt|model|jinja)");

  private Companions() {}

  /** Whether a file of this name is one. */
  public static boolean isOne(String name) {
    return NAME.matcher(name).matches();
  }

  /**
   * The companions in a base's folder, by name in ascending order; none beside a file.
   *
   * @throws UserException if the folder cannot be read
   */
  public static List<Path> of(Path base) {
    if (!Files.isDirectory(base)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(base)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> isOne(file.getFileName().toString()))
          .sorted()
          .toList();
    } catch (IOException failure) {
      throw UserException.input(
          "Cannot list the base's folder: " + failure, base.toString(), "", failure);
    }
  }

  /** How many bytes they take together. */
  public static long bytes(Path base) {
    return of(base).stream().mapToLong(file -> file.toFile().length()).sum();
  }
}
