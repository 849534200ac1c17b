package org.mergetomix.folder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.mergetomix.problem.FileProblems;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.Pickles;
import org.mergetomix.tensor.TensorNames;

/**
 * The folder of a checkpoint, and what counts as inside it.
 *
 * <p>A file inside may be a symbolic link as long as its target is inside as well. There is one
 * exception: the cache of the Hugging Face hub keeps a revision as {@code
 * <repository>/snapshots/<revision>/}, a folder of links to {@code <repository>/blobs/}. From a
 * folder below {@code snapshots}, a link may lead to a file directly in the {@code blobs} beside
 * it, and nowhere else.
 *
 * @param folder as the user named it
 * @param real the same without links
 * @param blobs where links of a hub cache lead to
 */
public record FolderBoundary(Path folder, Path real, Optional<Path> blobs) {

  private static final int LONGEST_NAME = 1024;

  /** Drives and alternate streams (colon), other systems' separators, and control characters. */
  private static final Pattern FORBIDDEN = Pattern.compile("[:\\\\\\p{Cntrl}]");

  private static final String REMEDY =
      "Name only files inside the checkpoint's folder, by relative paths; download the checkpoint"
          + " again if you did not write it";

  /** The boundary of a folder, links to which are followed. */
  public static FolderBoundary of(Path folder) {
    try {
      Path real = folder.toRealPath();
      return new FolderBoundary(folder, real, blobs(real));
    } catch (IOException failure) {
      throw FileProblems.reading(folder, failure);
    }
  }

  private static Optional<Path> blobs(Path real) throws IOException {
    for (Path above = real.getParent(); above != null; above = above.getParent()) {
      Path name = above.getFileName();
      if (name != null && name.toString().equals("snapshots")) {
        Path blobs = above.resolveSibling("blobs");
        return Files.isDirectory(blobs) ? Optional.of(blobs.toRealPath()) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /**
   * A safetensors file that an untrusted text names; it need not exist.
   *
   * @param source who names it, for messages
   * @throws UserException if the name is not a plain relative one, or leads out of the folder
   */
  public Path safetensors(String name, String source) {
    String shown = TensorNames.shown(name);
    String flaw = flaw(name);
    if (!flaw.isEmpty()) {
      throw UserException.input("The file name \"%s\" %s".formatted(shown, flaw), source, REMEDY);
    }
    return inside(name);
  }

  private static String flaw(String name) {
    if (name.length() > LONGEST_NAME) {
      return "is longer than %s characters".formatted(LONGEST_NAME);
    }
    if (!TensorNames.wellFormed(name)) {
      return "has half of a surrogate pair";
    }
    if (FORBIDDEN.matcher(name).find()) {
      return "has a colon, a backslash or a control character";
    }
    if (name.startsWith("/")) {
      return "is not relative";
    }
    for (String part : name.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return "has an empty part, . or ..";
      }
    }
    try {
      if (Pickles.isOne(Path.of(name))) {
        return "is a Python pickle's, which is never read";
      }
    } catch (InvalidPathException impossibleHere) {
      return "cannot be a file's name on this machine";
    }
    return name.endsWith(".safetensors") ? "" : "does not end with .safetensors";
  }

  /**
   * The path of a file of the folder; it need not exist.
   *
   * @throws UserException if it is a link that leads out of the folder
   */
  public Path inside(String name) {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      return file;
    }
    try {
      Path target = file.toRealPath();
      boolean blob = blobs.isPresent() && blobs.get().equals(target.getParent());
      if (!target.startsWith(real) && !blob) {
        throw UserException.input(
            "The file is a link that leads out of the checkpoint's folder",
            file.toString(),
            "Put the file itself into the folder");
      }
      return file;
    } catch (IOException failure) {
      throw FileProblems.reading(file, failure);
    }
  }
}
