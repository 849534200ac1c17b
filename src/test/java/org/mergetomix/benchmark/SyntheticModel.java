package org.mergetomix.benchmark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.mergetomix.safetensors.SafetensorsWriter;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;

/** Checkpoints of a chosen size with seeded values, kept between runs under target/benchmark. */
final class SyntheticModel {

  private static final Path DIRECTORY = Path.of("target", "benchmark");

  private SyntheticModel() {}

  /** Tensors of {@code rows} x 4096 elements, as many as it takes. */
  static SortedMap<String, TensorSpec> tensors(DType dtype, int count, long rows) {
    SortedMap<String, TensorSpec> tensors = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String name = "layers.%d.weight".formatted(i);
      tensors.put(name, new TensorSpec(name, dtype, List.of(rows, 4096L)));
    }
    return tensors;
  }

  /** A checkpoint with these tensors and small normal values; written once. */
  static Path checkpoint(
      String name, SortedMap<String, TensorSpec> tensors, Map<String, String> metadata) {
    Path file =
        DIRECTORY.resolve(
            "%s-%s-%d.safetensors".formatted(name, dtype(tensors), elements(tensors)));
    if (!Files.exists(file)) {
      SplittableRandom random = new SplittableRandom(name.hashCode());
      SafetensorsWriter.write(
          file,
          tensors,
          metadata,
          (tensor, offset, destination, length) -> {
            for (int i = 0; i < length; i++) {
              destination[i] = (float) (random.nextDouble() - 0.5) / 16;
            }
          });
    }
    return file;
  }

  static long elements(SortedMap<String, TensorSpec> tensors) {
    return tensors.values().stream().mapToLong(TensorSpec::elements).sum();
  }

  private static DType dtype(SortedMap<String, TensorSpec> tensors) {
    return tensors.get(tensors.firstKey()).dtype();
  }
}
