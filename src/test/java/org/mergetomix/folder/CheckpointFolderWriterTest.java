package org.mergetomix.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.safetensors.SafetensorsFile;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;

class CheckpointFolderWriterTest {

  @TempDir Path directory;

  @Test
  void writesOneFileWithoutAnIndexWhenEverythingFits() {
    Path folder = directory.resolve("small");
    write(folder, tensors(), 1_000);
    assertThat(names(folder)).containsExactly("model.safetensors");
    assertThat(read(folder.resolve("model.safetensors"), "b", 3)).containsExactly(1, 2, 3);
  }

  @Test
  void startsANewShardWhenTheNextTensorWouldNotFit() throws IOException {
    Path folder = directory.resolve("sharded");
    write(folder, tensors(), 12);
    assertThat(names(folder))
        .containsExactly(
            "model-00001-of-00004.safetensors",
            "model-00002-of-00004.safetensors",
            "model-00003-of-00004.safetensors",
            "model-00004-of-00004.safetensors",
            "model.safetensors.index.json");
    assertThat(Files.readString(folder.resolve("model.safetensors.index.json")))
        .contains("\"total_size\" : 40", "\"b\" : \"model-00002-of-00004.safetensors\"");
    assertThat(read(folder.resolve("model-00002-of-00004.safetensors"), "b", 3))
        .containsExactly(1, 2, 3);
  }

  @Test
  void takesElementsInAnyOrder() {
    Path folder = directory.resolve("backwards");
    SortedMap<String, TensorSpec> tensors = new TreeMap<>(Map.of("b", tensors().get("b")));
    try (CheckpointFolderWriter writer =
        CheckpointFolderWriter.begin(folder, tensors, Map.of(), 1_000)) {
      writer.write("b", 2, new float[] {3}, 1);
      writer.write("b", 0, new float[] {1, 2}, 2);
      writer.commit();
    }
    assertThat(read(folder.resolve("model.safetensors"), "b", 3)).containsExactly(1, 2, 3);
  }

  @Test
  void leavesNothingBehindWithoutACommit() {
    Path folder = directory.resolve("given-up");
    try (CheckpointFolderWriter writer =
        CheckpointFolderWriter.begin(folder, tensors(), Map.of(), 1_000)) {
      writer.write("b", 0, new float[] {1, 2, 3}, 3);
    }
    assertThat(names(directory)).isEmpty();
  }

  @Test
  void refusesToCommitWhatIsNotWhole() {
    Path folder = directory.resolve("partial");
    try (CheckpointFolderWriter writer =
        CheckpointFolderWriter.begin(folder, tensors(), Map.of(), 1_000)) {
      writer.write("b", 0, new float[] {1, 2}, 2);
      assertThatThrownBy(writer::commit)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("elements of a were not written");
    }
  }

  private static void write(Path folder, SortedMap<String, TensorSpec> tensors, long shardBytes) {
    try (CheckpointFolderWriter writer =
        CheckpointFolderWriter.begin(folder, tensors, Map.of("kind", "test"), shardBytes)) {
      writer.write("a", 0, new float[] {5, 6}, 2);
      writer.write("b", 0, new float[] {1, 2, 3}, 3);
      writer.writeIntegers("c", 0, new long[] {7, -8}, 2);
      writer.write("d", 0, new float[] {9}, 1);
      writer.commit();
    }
  }

  private static SortedMap<String, TensorSpec> tensors() {
    SortedMap<String, TensorSpec> tensors = new TreeMap<>();
    tensors.put("a", new TensorSpec("a", DType.F32, List.of(2L)));
    tensors.put("b", new TensorSpec("b", DType.F32, List.of(3L)));
    tensors.put("c", new TensorSpec("c", DType.I64, List.of(2L)));
    tensors.put("d", new TensorSpec("d", DType.F32, List.of()));
    return tensors;
  }

  private static float[] read(Path file, String tensor, int length) {
    try (Checkpoint checkpoint = SafetensorsFile.open(file)) {
      float[] elements = new float[length];
      checkpoint.read(tensor, 0, elements, length);
      return elements;
    }
  }

  private static List<String> names(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
