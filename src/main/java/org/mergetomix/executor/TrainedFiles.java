package org.mergetomix.executor;

import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.folder.CheckpointFolder;
import org.mergetomix.folder.CheckpointFolderWriter;
import org.mergetomix.folder.Companions;
import org.mergetomix.output.LocalOutput;
import org.mergetomix.tensor.TensorSource;
import org.mergetomix.tensor.TensorSpec;

/** Writes what was trained in place of what is there, and puts it where it belongs. */
final class TrainedFiles {

  private TrainedFiles() {}

  /**
   * Writes a folder that Hugging Face reads.
   *
   * @param base the base's folder, whose configuration and tokenizer go with the model
   */
  static void writeModel(
      LocalOutput output,
      SortedMap<String, TensorSpec> tensors,
      TensorSource source,
      Map<String, String> metadata,
      Path base) {
    try (CheckpointFolderWriter folder =
        CheckpointFolderWriter.begin(
            output.path(), tensors, ofPyTorch(metadata), CheckpointFolderWriter.SHARD_BYTES)) {
      folder.writeAll(source);
      Companions.of(base).forEach(folder::copy);
      folder.commitOver();
    }
    publish(output);
  }

  /** Writes a folder that PEFT reads. */
  static void writeAdapter(
      LocalOutput output,
      SortedMap<String, TensorSpec> tensors,
      TensorSource source,
      Map<String, String> metadata,
      String configuration) {
    try (CheckpointFolderWriter folder =
        CheckpointFolderWriter.beginAdapter(output.path(), tensors, ofPyTorch(metadata))) {
      folder.writeAll(source);
      folder.write(CheckpointFolder.ADAPTER_CONFIG, configuration);
      folder.commitOver();
    }
    publish(output);
  }

  /** With the entry that transformers asks for. */
  private static Map<String, String> ofPyTorch(Map<String, String> metadata) {
    Map<String, String> all = new TreeMap<>(metadata);
    all.put("format", "pt");
    return all;
  }

  private static void publish(LocalOutput output) {
    output.replaceFolder(CheckpointFolder.of(output.path()).deciding().orElseThrow());
  }
}
