package org.mergetomix.safetensors;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.mergetomix.problem.UserException;

/** Python pickles, which run code when they are read, and so are never read here. */
public final class Pickles {

  private static final List<String> EXTENSIONS = List.of(".bin", ".pt", ".pth", ".ckpt", ".pkl");

  private static final String REMEDY =
      "Convert it to safetensors with the library that wrote it: for a Hugging Face model or"
          + " adapter, load it in Python and call save_pretrained(folder, safe_serialization=True)";

  private Pickles() {}

  /** Whether a file of this name holds a pickle. */
  public static boolean isOne(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return EXTENSIONS.stream().anyMatch(name::endsWith);
  }

  /**
   * Refuses a file by its name.
   *
   * @throws UserException if it holds a pickle
   */
  public static void refuse(Path file) {
    if (isOne(file)) {
      throw UserException.input(
          "The checkpoint is a Python pickle, which could run any code when read",
          file.toString(),
          REMEDY);
    }
  }
}
