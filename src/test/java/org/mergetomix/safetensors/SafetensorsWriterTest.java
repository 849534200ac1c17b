package org.mergetomix.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSource;
import org.mergetomix.tensor.TensorSpec;

class SafetensorsWriterTest {

  /** Gives every element its own index. */
  private static final TensorSource INDICES =
      (tensor, offset, destination, length) -> {
        for (int i = 0; i < length; i++) {
          destination[i] = offset + i;
        }
      };

  @TempDir Path directory;

  @Test
  void writesExactlyTheseBytes() throws IOException {
    Path file = directory.resolve("model.safetensors");

    SafetensorsWriter.write(
        file,
        tensors(
            new TensorSpec("a", DType.BF16, List.of(3L)),
            new TensorSpec("z", DType.F32, List.of(1L, 2L))),
        Map.of("format", "pt", "base", "é"),
        INDICES);

    String json =
        """
        {"__metadata__":{"base":"é","format":"pt"},\
        "z":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},\
        "a":{"dtype":"BF16","shape":[3],"data_offsets":[8,14]}}\
        """;
    byte[] header = (json + " ".repeat(6)).getBytes(StandardCharsets.UTF_8);
    assertThat(header.length % 8).isZero();
    ByteBuffer expected =
        ByteBuffer.allocate(8 + header.length + 14)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .put(header)
            .putFloat(0)
            .putFloat(1)
            .putShort((short) 0)
            .putShort((short) 0x3f80)
            .putShort((short) 0x4000);
    assertThat(Files.readAllBytes(file)).isEqualTo(expected.array());
  }

  @Test
  void writesMoreThanOneChunk() {
    int elements = 150_000;
    Path file = directory.resolve("model.safetensors");

    SafetensorsWriter.write(file, tensors(f32("a", elements)), Map.of(), INDICES);

    try (Checkpoint checkpoint = SafetensorsFile.open(file)) {
      float[] values = new float[elements];
      checkpoint.read("a", 0, values, elements);
      for (int i = 0; i < elements; i++) {
        assertThat(values[i]).isEqualTo(i);
      }
    }
  }

  @Test
  void createsMissingDirectoriesAndLeavesNothingElse() throws IOException {
    Path file = directory.resolve("experts").resolve("es").resolve("model.safetensors");

    SafetensorsWriter.write(file, tensors(f32("a", 2)), Map.of(), INDICES);

    assertThat(filesIn(file.getParent())).containsExactly(file);
  }

  @Test
  void writesIntoALinkedDirectory() throws IOException {
    Path real = Files.createDirectory(directory.resolve("real"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), real);

    SafetensorsWriter.write(link.resolve("a"), tensors(f32("a", 2)), Map.of(), INDICES);

    assertThat(real.resolve("a")).exists();
  }

  @Test
  void replacesAFile() throws IOException {
    Path file = directory.resolve("model.safetensors");
    SafetensorsWriter.write(file, tensors(f32("old", 2)), Map.of(), INDICES);

    SafetensorsWriter.write(file, tensors(f32("new", 1)), Map.of(), INDICES);

    try (Checkpoint checkpoint = SafetensorsFile.open(file)) {
      assertThat(checkpoint.tensors()).containsOnlyKeys("new");
    }
    assertThat(filesIn(directory)).containsExactly(file);
  }

  @Test
  void keepsTheOldFileWhenTheSourceFails() throws IOException {
    Path file = directory.resolve("model.safetensors");
    SafetensorsWriter.write(file, tensors(f32("old", 2)), Map.of(), INDICES);
    byte[] before = Files.readAllBytes(file);
    TensorSource failing =
        (tensor, offset, destination, length) -> {
          if (offset > 0) {
            throw new IllegalStateException("lost");
          }
        };

    assertThatThrownBy(
            () -> SafetensorsWriter.write(file, tensors(f32("a", 100_000)), Map.of(), failing))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("lost");

    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    assertThat(filesIn(directory)).containsExactly(file);
  }

  @Test
  void leavesNothingWhenTheTargetIsADirectory() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("model.safetensors"));

    assertThatThrownBy(
            () -> SafetensorsWriter.write(folder, tensors(f32("a", 1)), Map.of(), INDICES))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("The file cannot be written: ")
        .hasMessageContaining("(" + folder + ")");

    assertThat(filesIn(directory)).containsExactly(folder);
  }

  @Test
  void refusesADirectoryThatCannotBeCreated() throws IOException {
    Path notDirectory = Files.createFile(directory.resolve("file"));
    Path file = notDirectory.resolve("model.safetensors");

    assertThatThrownBy(() -> SafetensorsWriter.write(file, tensors(f32("a", 1)), Map.of(), INDICES))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("(" + file + "). Check that its directory can be created");
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void refusesAFiniteElementThatWouldBecomeInfinite(DType dtype) throws IOException {
    Path file = directory.resolve("model.safetensors");
    TensorSource largest =
        (tensor, offset, destination, length) -> destination[0] = -Float.MAX_VALUE;

    assertThatThrownBy(
            () ->
                SafetensorsWriter.write(
                    file, tensors(new TensorSpec("a", dtype, List.of())), Map.of(), largest))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "The tensor has the element -3.4028235E38, which is too large for %s (%s, tensor a).",
            dtype, file);

    assertThat(filesIn(directory)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void writesInfinitiesAndNaN(DType dtype) {
    Path file = directory.resolve("model.safetensors");
    float[] special = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f};
    TensorSource source =
        (tensor, offset, destination, length) ->
            System.arraycopy(special, 0, destination, 0, length);

    SafetensorsWriter.write(
        file, tensors(new TensorSpec("a", dtype, List.of(4L))), Map.of(), source);

    try (Checkpoint checkpoint = SafetensorsFile.open(file)) {
      float[] values = new float[4];
      checkpoint.read("a", 0, values, 4);
      assertThat(values).containsExactly(special);
    }
  }

  @Test
  void refusesWhatItCannotWrite() throws IOException {
    assertRefused(
        tensors(new TensorSpec("ids", DType.I64, List.of())),
        Map.of(),
        "The tensor ids is I64, which is never written");
    assertRefused(
        tensors(f32("__metadata__", 1)),
        Map.of(),
        "The tensor __metadata__ has the name that is reserved for metadata");
    assertRefused(
        tensors(f32("\ud800", 1)),
        Map.of(),
        "The tensor \\u{d800} has a name with half of a surrogate pair");
    assertRefused(new TreeMap<>(Map.of("a", f32("b", 1))), Map.of(), "The tensor b is listed as a");
    assertRefused(
        new TreeMap<>(),
        Map.of("key", "\udc00"),
        "The metadata entry key has half of a surrogate pair");

    assertThat(filesIn(directory)).isEmpty();
  }

  private void assertRefused(
      SortedMap<String, TensorSpec> tensors, Map<String, String> metadata, String message) {
    Path file = directory.resolve("model.safetensors");
    assertThatThrownBy(() -> SafetensorsWriter.write(file, tensors, metadata, INDICES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static TensorSpec f32(String name, long elements) {
    return new TensorSpec(name, DType.F32, List.of(elements));
  }

  private static SortedMap<String, TensorSpec> tensors(TensorSpec... specs) {
    SortedMap<String, TensorSpec> tensors = new TreeMap<>();
    for (TensorSpec spec : specs) {
      tensors.put(spec.name(), spec);
    }
    return tensors;
  }

  private static List<Path> filesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
