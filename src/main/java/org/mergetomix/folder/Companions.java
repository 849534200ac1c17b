package org.mergetomix.folder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.mergetomix.problem.FileProblems;

/**
 * What a model's folder holds beside its tensors and what goes with the model: configuration,
 * tokenizer, chat templates, licence, and the Python code that some models bring.
 *
 * <p>What describes the tensors of one folder alone does not: an index, an adapter's configuration,
 * what an export writes itself.
 */
public final class Companions {

  /** Whether Python code goes with the rest; it is never run here. */
  public enum Code {
    /** Code stays behind. */
    LEFT,
    /** Code is a companion as any other. */
    TAKEN
  }

  private static final Pattern NAME =
      Pattern.compile(
          "(?!.*\\.index\\.json$)(?!(mixture|adapter_config)\\.json$)"
              + "(.*\\.(json|txt|model|jinja|tiktoken|py)"
              + "|(vocab|merges)\\..*"
              + "|(LICENSE|LICENCE|NOTICE|COPYING|USE_POLICY)([.-].*)?)");

  private static final String CODE = ".py";

  /** Templates beside the one of {@code chat_template.jinja}, as transformers lays them out. */
  private static final String TEMPLATES = "additional_chat_templates";

  private Companions() {}

  /** Whether a file of this name, directly in the folder, is one; code is. */
  public static boolean isOne(String name) {
    return NAME.matcher(name).matches();
  }

  /** Those of a base without its code, as {@link #of(Path, Code)}. */
  public static List<Path> of(Path base) {
    return of(base, Code.LEFT);
  }

  /**
   * The companions in a base's folder, by name in ascending order: files, and a folder of files;
   * none beside a base that is a file.
   *
   * @throws org.mergetomix.problem.UserException if the folder cannot be read
   */
  public static List<Path> of(Path base, Code code) {
    return list(base).stream()
        .filter(
            path ->
                Files.isDirectory(path)
                    ? path.endsWith(TEMPLATES)
                    : isOne(name(path)) && (code == Code.TAKEN || !name(path).endsWith(CODE)))
        .toList();
  }

  /**
   * A digest of those that are JSON, which say what the model is and how it reads: of their names
   * and contents.
   *
   * @throws org.mergetomix.problem.UserException if one cannot be read
   */
  public static String digest(Path base) {
    SortedMap<String, String> digests = new TreeMap<>();
    of(base).stream()
        .filter(file -> name(file).endsWith(".json"))
        .forEach(file -> digests.put(name(file), Digests.sha256(file)));
    return Digests.folder(digests);
  }

  /** The names of the files of code in a base's folder, ascending. */
  public static List<String> code(Path base) {
    return list(base).stream()
        .filter(Files::isRegularFile)
        .map(Companions::name)
        .filter(name -> name.endsWith(CODE))
        .toList();
  }

  /** How many bytes they take together, code included. */
  public static long bytes(Path base) {
    return of(base, Code.TAKEN).stream()
        .flatMap(path -> Files.isDirectory(path) ? list(path).stream() : Stream.of(path))
        .mapToLong(file -> file.toFile().length())
        .sum();
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }

  private static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException failure) {
      throw FileProblems.reading(folder, failure);
    }
  }
}
