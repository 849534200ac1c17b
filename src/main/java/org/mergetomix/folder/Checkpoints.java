package org.mergetomix.folder;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.mergetomix.safetensors.Pickles;
import org.mergetomix.safetensors.SafetensorsFile;
import org.mergetomix.tensor.Checkpoint;

/** Opens checkpoints, whatever they are stored in. */
public final class Checkpoints {

  private Checkpoints() {}

  /**
   * Opens a checkpoint, whatever it is stored in: one safetensors file, or a folder as Hugging Face
   * writes it, with an index and shards or with one {@code model.safetensors}.
   *
   * @throws org.mergetomix.problem.UserException if it is missing, pickled, or breaks a rule of its
   *     format; with all problems of a folder at once
   */
  public static Checkpoint open(Path path) {
    if (Files.isDirectory(path)) {
      return ShardedCheckpoint.open(path);
    }
    Pickles.refuse(path);
    return SafetensorsFile.open(path);
  }

  /**
   * Opens what a training wrote: a checkpoint, or of a folder without a model the adapter alone.
   *
   * @throws org.mergetomix.problem.UserException as {@link #open}
   */
  public static Checkpoint openTrained(Path path) {
    boolean adapter = Files.isDirectory(path) && !CheckpointFolder.of(path).holdsModel();
    return adapter ? SafetensorsFile.open(path.resolve(CheckpointFolder.ADAPTER)) : open(path);
  }

  /**
   * The names of the files that decide what a checkpoint's folder means: index and shards or the
   * single file, and an adapter's two files; in ascending order.
   *
   * @throws org.mergetomix.problem.UserException if there are none, or the index breaks a rule
   */
  public static List<String> files(Path folder) {
    return List.copyOf(CheckpointFolder.of(folder).files().keySet());
  }
}
