package org.mergetomix.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mergetomix.safetensors.RawSafetensors.header;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;

class SafetensorsFileTest {

  @TempDir Path directory;

  @Test
  void listsTensorsAndMetadata() {
    Path file =
        header(
                "{'b':{'data_offsets':[0,12],'shape':[2,3],'dtype':'I16'},"
                    + "'__metadata__':{'format':'pt'},"
                    + "'a':{'dtype':'F32','shape':[],'data_offsets':[12,16]}}")
            .zeros(16)
            .in(directory);

    try (Checkpoint checkpoint = SafetensorsFile.open(file)) {
      assertThat(checkpoint.tensors())
          .containsExactly(
              Map.entry("a", new TensorSpec("a", DType.F32, List.of())),
              Map.entry("b", new TensorSpec("b", DType.I16, List.of(2L, 3L))));
      assertThat(checkpoint.metadata()).containsExactly(Map.entry("format", "pt"));
    }
  }

  @Test
  void acceptsSpacesAroundTheHeader() {
    Path file =
        header(" \n\t{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}  \r\n ")
            .zeros(4)
            .in(directory);

    try (Checkpoint checkpoint = SafetensorsFile.open(file)) {
      assertThat(checkpoint.tensors()).containsOnlyKeys("a");
    }
  }

  @Test
  void acceptsMetadataThatIsNull() {
    Path file =
        header("{'__metadata__':null,'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}")
            .zeros(4)
            .in(directory);

    try (Checkpoint checkpoint = SafetensorsFile.open(file)) {
      assertThat(checkpoint.metadata()).isEmpty();
      assertThat(checkpoint.tensors()).containsOnlyKeys("a");
    }
  }

  @Test
  void acceptsAFileWithoutTensors() {
    try (Checkpoint checkpoint = SafetensorsFile.open(header("{}").in(directory))) {
      assertThat(checkpoint.tensors()).isEmpty();
      assertThat(checkpoint.metadata()).isEmpty();
    }
  }

  @Test
  void acceptsSeveralEmptyTensorsAtOnePlace() {
    Path file =
        header(
                "{'a':{'dtype':'F32','shape':[0],'data_offsets':[4,4]},"
                    + "'b':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},"
                    + "'c':{'dtype':'F32','shape':[2,0],'data_offsets':[0,0]}}")
            .zeros(4)
            .in(directory);

    try (Checkpoint checkpoint = SafetensorsFile.open(file)) {
      checkpoint.read("a", 0, new float[0], 0);
      assertThat(checkpoint.tensors().get("c").elements()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void opensAFileOfEveryType(DType dtype) {
    Path file =
        header(
                "{'a':{'dtype':'%s','shape':[2],'data_offsets':[0,%d]}}"
                    .formatted(dtype, 2 * dtype.bytes()))
            .zeros(2 * dtype.bytes())
            .in(directory);

    try (Checkpoint checkpoint = SafetensorsFile.open(file)) {
      assertThat(checkpoint.tensors().get("a").dtype()).isEqualTo(dtype);
    }
  }

  @Test
  void readsMisalignedTensors() {
    ByteBuffer data =
        ByteBuffer.allocate(1 + 8 + 16 + 4)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put((byte) 1)
            .putFloat(1.5f)
            .putFloat(-2.5f)
            .putDouble(0.25)
            .putDouble(-8)
            .putShort((short) 0x3f80)
            .putShort((short) 0xc000);
    Path file =
        header(
                "{'flag':{'dtype':'BOOL','shape':[],'data_offsets':[0,1]},"
                    + "'single':{'dtype':'F32','shape':[2],'data_offsets':[1,9]},"
                    + "'double':{'dtype':'F64','shape':[2],'data_offsets':[9,25]},"
                    + "'brain':{'dtype':'BF16','shape':[2],'data_offsets':[25,29]}} ")
            .data(data.array())
            .in(directory);

    try (Checkpoint checkpoint = SafetensorsFile.open(file)) {
      assertThat(read(checkpoint, "single", 0, 2)).containsExactly(1.5f, -2.5f);
      assertThat(read(checkpoint, "double", 0, 2)).containsExactly(0.25f, -8f);
      assertThat(read(checkpoint, "brain", 0, 2)).containsExactly(1f, -2f);
      assertThat(read(checkpoint, "brain", 1, 1)).containsExactly(-2f);
    }
  }

  @Test
  void leavesTheRestOfTheDestinationAlone() {
    try (Checkpoint checkpoint = counting(10)) {
      float[] destination = {9, 9, 9, 9};
      checkpoint.read("a", 5, destination, 2);
      assertThat(destination).containsExactly(5, 6, 9, 9);
    }
  }

  @Test
  void refusesRangesOutsideTheTensor() {
    try (Checkpoint checkpoint = counting(10)) {
      float[] destination = new float[20];
      assertThatThrownBy(() -> checkpoint.read("a", 8, destination, 3))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> checkpoint.read("a", -1, destination, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> checkpoint.read("a", Long.MAX_VALUE, destination, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> checkpoint.read("a", 0, new float[3], 4))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void refusesToReadIntegersAsFloats() {
    Path file =
        header("{'ids':{'dtype':'I64','shape':[1,1],'data_offsets':[0,8]}}").zeros(8).in(directory);

    try (Checkpoint checkpoint = SafetensorsFile.open(file)) {
      assertThatThrownBy(() -> read(checkpoint, "ids", 0, 1))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "The tensor is I64 [1, 1] and holds no floating-point numbers (%s, tensor ids). Only"
                  + " F64, F32, F16, BF16, F8_E4M3 and F8_E5M2 tensors can be merged.",
              file);
    }
  }

  @Test
  void refusesATensorThatIsNotThere() {
    try (Checkpoint checkpoint = counting(1)) {
      assertThatThrownBy(() -> read(checkpoint, "b", 0, 1))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("The tensor is not in the file (")
          .hasMessageContaining(", tensor b)");
    }
  }

  @Test
  void refusesToReadAfterClosing() {
    Checkpoint checkpoint = counting(1);
    checkpoint.close();
    checkpoint.close();

    assertThatThrownBy(() -> read(checkpoint, "a", 0, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("Closed: ");
    assertThat(checkpoint.tensors()).containsOnlyKeys("a");
  }

  @Test
  void refusesAMissingFile() {
    Path missing = directory.resolve("nowhere").resolve("model.safetensors");

    assertThatThrownBy(() -> SafetensorsFile.open(missing))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "The file does not exist (%s). Check the path, and that it can be reached from this"
                + " machine.",
            missing);
  }

  @Test
  void refusesADirectory() {
    assertThatThrownBy(() -> SafetensorsFile.open(directory))
        .isInstanceOf(UserException.class)
        .hasMessage("A file was expected, not a directory (%s).", directory);
  }

  @Test
  void readsNearTheEndOfATensorOverTwoGigabytes() throws IOException {
    // One byte first, so that every element is misaligned and some lie across two windows.
    long elements = 600_000_000;
    long window = 1L << 30;
    String json =
        "{'flag':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},"
            + "'large':{'dtype':'F32','shape':[600000000],'data_offsets':[1,2400000001]}}";
    RawSafetensors start = header(json);
    Path file = start.in(directory);
    long dataStart = Files.size(file);
    long[] marked = {
      0, window / 4 - 2, window / 4 - 1, window / 4, window / 2 - 1, window / 2, elements - 1
    };
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(dataStart + 1 + 4 * elements);
      for (int i = 0; i < marked.length; i++) {
        sparse.seek(dataStart + 1 + 4 * marked[i]);
        sparse.writeInt(Integer.reverseBytes(Float.floatToIntBits(i + 1)));
      }
    }

    try (Checkpoint checkpoint = SafetensorsFile.open(file)) {
      assertThat(checkpoint.tensors().get("large").bytes()).isGreaterThan(Integer.MAX_VALUE);
      for (int i = 0; i < marked.length; i++) {
        assertThat(read(checkpoint, "large", marked[i], 1)).containsExactly(i + 1);
      }
      assertThat(read(checkpoint, "large", window / 4 - 3, 5)).containsExactly(0, 2, 3, 4, 0);
      assertThat(read(checkpoint, "large", window / 2 - 2, 4)).containsExactly(0, 5, 6, 0);
      assertThat(read(checkpoint, "large", elements - 2, 2)).containsExactly(0, 7);
    }
  }

  @Test
  void servesSeveralThreadsAtOnce() throws Exception {
    int elements = 100_000;
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Checkpoint checkpoint = counting(elements)) {
      List<Future<float[]>> reads = new ArrayList<>();
      for (int start = 0; start < 64; start++) {
        long offset = start * 1000L;
        reads.add(threads.submit(() -> read(checkpoint, "a", offset, 30_000)));
      }
      for (int start = 0; start < 64; start++) {
        float[] values = reads.get(start).get();
        for (int i = 0; i < values.length; i += 997) {
          assertThat(values[i]).isEqualTo(start * 1000 + i);
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** A checkpoint of one F32 tensor, a, whose elements are their own indices. */
  private Checkpoint counting(int elements) {
    ByteBuffer data = ByteBuffer.allocate(4 * elements).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      data.putFloat(i);
    }
    return SafetensorsFile.open(
        header(
                "{'a':{'dtype':'F32','shape':[%d],'data_offsets':[0,%d]}}"
                    .formatted(elements, 4 * elements))
            .data(data.array())
            .in(directory));
  }

  private static float[] read(Checkpoint checkpoint, String tensor, long offset, int length) {
    float[] values = new float[length];
    checkpoint.read(tensor, offset, values, length);
    return values;
  }
}
