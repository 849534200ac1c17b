package org.mergetomix.executor;

import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.folder.CheckpointFolderWriter;
import org.mergetomix.folder.Companions;
import org.mergetomix.location.Location;
import org.mergetomix.safetensors.FileLayout;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.training.FineTuning;
import org.mergetomix.training.LowRank;

/** In which form a trained model is written. */
public enum TrainedForm {
  /** One safetensors file. */
  FILE,
  /** A folder that Hugging Face reads, with what the base's has beside its tensors. */
  FOLDER,
  /** A folder that PEFT reads. */
  ADAPTER;

  private static final String ENDING = ".safetensors";

  /** What the names and metadata of a file, or the configuration of an adapter, take at most. */
  private static final long BESIDE_TENSORS = 1 << 16;

  /** The form that a method and the name of a place ask for. */
  public static TrainedForm of(FineTuning.Method method, Location output) {
    if (method instanceof LowRank) {
      return ADAPTER;
    }
    return isFile(output) ? FILE : FOLDER;
  }

  /** Whether the name of a place is that of a file. */
  public static boolean isFile(Location output) {
    return output.name().endsWith(ENDING);
  }

  /** All parameters as they are written: in float16 or bfloat16 where the base is, else float32. */
  static SortedMap<String, TensorSpec> written(SortedMap<String, TensorSpec> base) {
    SortedMap<String, TensorSpec> tensors = new TreeMap<>();
    base.forEach((name, spec) -> tensors.put(name, new TensorSpec(name, type(spec), spec.shape())));
    return tensors;
  }

  private static DType type(TensorSpec spec) {
    return switch (spec.dtype()) {
      case BF16, F16 -> spec.dtype();
      default -> DType.F32;
    };
  }

  /**
   * The most bytes that are written.
   *
   * @param tensors what is written
   * @param base the base's file or folder on this host
   */
  long bytes(SortedMap<String, TensorSpec> tensors, Path base) {
    return switch (this) {
      case FILE -> FileLayout.of(tensors, Map.of()).bytes() + BESIDE_TENSORS;
      case FOLDER -> CheckpointFolderWriter.bytes(tensors) + Companions.bytes(base);
      case ADAPTER -> CheckpointFolderWriter.bytes(tensors) + BESIDE_TENSORS;
    };
  }
}
