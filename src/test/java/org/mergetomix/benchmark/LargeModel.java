package org.mergetomix.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.mergetomix.folder.CheckpointFolderWriter;
import org.mergetomix.safetensors.SafetensorsWriter;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;

/** A language model of 8 GB in bf16, as large as it is untrained: four shards, seeded values. */
final class LargeModel {

  private static final long HIDDEN = 4608;
  private static final int LAYERS = 14;
  private static final int RANK = 8;
  private static final long SHARD_BYTES = 2_500_000_000L;
  private static final int VALUES = 1 << 20;
  private static final int CHUNK = 1 << 15;
  private static final List<String> ADAPTED = List.of("self_attn.q_proj", "self_attn.v_proj");

  private LargeModel() {}

  private static SortedMap<String, TensorSpec> tensors() {
    SortedMap<String, TensorSpec> tensors = new TreeMap<>();
    // 2.4 GB: more than a buffer holds.
    add(tensors, "model.embed_tokens.weight", 262_144, HIDDEN);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "model.layers.%d.".formatted(i);
      for (String module : ADAPTED) {
        add(tensors, layer + module + ".weight", HIDDEN, HIDDEN);
      }
      add(tensors, layer + "mlp.up_proj.weight", 34_560, HIDDEN);
    }
    return tensors;
  }

  private static void add(
      SortedMap<String, TensorSpec> tensors, String name, long rows, long columns) {
    tensors.put(name, new TensorSpec(name, DType.BF16, List.of(rows, columns)));
  }

  /** Writes a full checkpoint: a folder with an index. */
  static void checkpoint(Path folder, long seed) {
    float[] values = values(seed);
    SortedMap<String, TensorSpec> tensors = tensors();
    try (CheckpointFolderWriter writer =
        CheckpointFolderWriter.begin(folder, tensors, Map.of("format", "pt"), SHARD_BYTES)) {
      float[] chunk = new float[CHUNK];
      for (TensorSpec tensor : tensors.values()) {
        for (long offset = 0; offset < tensor.elements(); offset += CHUNK) {
          int length = (int) Math.min(CHUNK, tensor.elements() - offset);
          System.arraycopy(values, (int) (offset % VALUES), chunk, 0, length);
          writer.write(tensor.name(), offset, chunk, length);
        }
      }
      writer.commit();
    }
  }

  /** Writes a LoRA adapter of two weights of every layer. */
  static void adapter(Path folder, long seed) throws IOException {
    float[] values = values(seed);
    SortedMap<String, TensorSpec> tensors = new TreeMap<>();
    for (int i = 0; i < LAYERS; i++) {
      for (String module : ADAPTED) {
        String name = "base_model.model.model.layers.%d.%s.".formatted(i, module);
        add(tensors, name + "lora_A.weight", RANK, HIDDEN);
        add(tensors, name + "lora_B.weight", HIDDEN, RANK);
      }
    }
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("adapter_config.json"),
        """
        {"peft_type": "LORA", "r": %d, "lora_alpha": %d, "target_modules": ["q_proj", "v_proj"]}
        """
            .formatted(RANK, RANK));
    SafetensorsWriter.write(
        folder.resolve("adapter_model.safetensors"),
        tensors,
        Map.of(),
        (tensor, offset, destination, length) -> {
          for (int i = 0; i < length; i++) {
            destination[i] = values[(int) ((offset + i) % VALUES)];
          }
        });
  }

  private static float[] values(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[VALUES];
    for (int i = 0; i < VALUES; i++) {
      values[i] = (float) (random.nextDouble() - 0.5) / 16;
    }
    return values;
  }
}
