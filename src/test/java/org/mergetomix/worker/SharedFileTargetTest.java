package org.mergetomix.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.SafetensorsWriter;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;

class SharedFileTargetTest {

  private static final String HEAD = "head";
  private static final String OTHER_HEAD = "other.head";

  @TempDir private Path folder;

  @Test
  void isTheBaseAtFirstAndThenWhatIsWritten() {
    try (SharedFileTarget target = target()) {
      assertThat(elements(target, HEAD)).containsExactly(1, 1.5f, 2, 2.5f, 3);
      SharedFileTarget.Contents base = target.contents();
      assertThat(target.contents()).as("nothing was written").isEqualTo(base);

      target.write(HEAD, 1, new float[] {7, 1.0009766f}, 2);

      assertThat(elements(target, HEAD))
          .as("rounded to bfloat16")
          .containsExactly(1, 7, 1, 2.5f, 3);
      assertThat(target.contents().state()).isGreaterThan(base.state());
      assertThat(target.contents().digest()).isNotEqualTo(base.digest());

      target.fill(opened("base"), "base");
      assertThat(target.contents().digest()).isEqualTo(base.digest());
      assertThat(target.contents().state()).isEqualTo(3);
    }
  }

  @Test
  void isTheBaseAgainWhereAWorkerAddsToIt() {
    SortedMap<String, Double> halves = new TreeMap<>(Map.of("es", 0.5, "fr", 0.5));
    try (SharedFileTarget target = target()) {
      SharedFileTarget.Contents base = target.contents();

      target.scaling(halves);
      assertThat(target.contents()).as("nothing was written").isEqualTo(base);
      assertThat(target.scalars()).isEqualTo(halves);

      target.write(HEAD, 1, new float[] {7}, 1);
      assertThat(target.scalars()).isEmpty();
      assertThat(target.contents().digest()).isNotEqualTo(base.digest());

      target.scaling(halves);
      assertThat(target.contents().digest()).isEqualTo(base.digest());
      assertThat(target.contents().state()).isEqualTo(3);
    }
  }

  @Test
  void countsWhatTheOpenOnesHold() throws Exception {
    Path memory;
    try (SharedFileTarget target = target()) {
      memory = target.file().getParent().getParent();
      assertThat(SharedFileTarget.held(memory)).isEqualTo(Files.size(target.file()));
      target.holdBeside(5);
      assertThat(SharedFileTarget.held(memory)).isEqualTo(Files.size(target.file()) + 5);
      Files.delete(target.file());
      assertThat(SharedFileTarget.held(memory)).as("without a name").isPositive();
    }
    assertThat(SharedFileTarget.held(memory)).isZero();
  }

  @Test
  void beginsWithAPageOfHeaderAndLetsNobodyElseIn() throws Exception {
    try (SharedFileTarget target = target()) {
      byte[] bytes = Files.readAllBytes(target.file());
      assertThat(bytes).hasSize(4096 + 4 * 2 + 2 * 5);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target.file())))
          .isEqualTo("rw-------");
      assertThat(SharedFileTarget.bytes(target.tensors())).isGreaterThanOrEqualTo(bytes.length);
    }
  }

  @Test
  void takesATensorUnderItsOtherName() {
    write("tied", new TreeMap<>(Map.of(OTHER_HEAD, spec(OTHER_HEAD, DType.BF16, 5), "a", a())));
    try (SharedFileTarget target = target();
        Checkpoint tied = opened("tied")) {
      target.fill(tied, "tied");

      assertThat(elements(target, HEAD)).containsExactly(1, 1.5f, 2, 2.5f, 3);
    }
  }

  @Test
  void refusesAnotherModel() {
    write(
        "another",
        new TreeMap<>(Map.of("more", spec("more", DType.F32, 1), "a", spec("a", DType.F32, 3))));
    try (SharedFileTarget target = target();
        Checkpoint another = opened("another")) {
      UserException told =
          catchThrowableOfType(UserException.class, () -> target.fill(another, "another"));

      assertThat(told.problems())
          .extracting(problem -> problem.what())
          .containsExactly(
              "The tensor a has shape [3], but the base's has [2]",
              "The tensor head is missing",
              "The base has no tensor more");
    }
  }

  @Test
  void saysWhatToDoAboutNumbersThatTheBasesTypeDoesNotHave() {
    write("base", new TreeMap<>(Map.of(HEAD, spec(HEAD, DType.F16, 5))));
    try (SharedFileTarget target =
        SharedFileTarget.create(
            folder.resolve("surrogate.safetensors"), opened("base"), new TreeMap<>())) {

      assertThatThrownBy(() -> target.write(HEAD, 0, new float[] {1e5f}, 1))
          .hasMessageContaining("has the element 100000.0, which is too large for F16")
          .hasMessageContaining("Store the base as BF16 or F32, lower merge.lambda");
    }
  }

  @Test
  void saysWhereThereIsNoRoom() {
    write("base", new TreeMap<>(Map.of("a", a())));
    assertThatThrownBy(
            () ->
                SharedFileTarget.create(
                    folder.resolve("none").resolve("file"), opened("base"), new TreeMap<>()))
        .hasMessageContaining("The surrogate cannot be written into shared memory")
        .hasMessageContaining("worker.shared-memory");
  }

  /** The same figures are in the tests of the Python package. */
  @Test
  void digestsRowsByTheirPlaces() {
    byte[] bytes = new byte[2 * 4096 + 10];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 7 + i / 4096);
    }
    assertThat(digest(bytes)).isEqualTo("f9dec3a88d43592c");
    byte[] swapped = bytes.clone();
    System.arraycopy(bytes, 0, swapped, 4096, 4096);
    System.arraycopy(bytes, 4096, swapped, 0, 4096);
    assertThat(digest(swapped)).isNotEqualTo(digest(bytes));
  }

  private static String digest(byte[] bytes) {
    BodyDigest digest = new BodyDigest();
    digest.add(ByteBuffer.wrap(bytes));
    return digest.text();
  }

  private SharedFileTarget target() {
    write("base", new TreeMap<>(Map.of(HEAD, spec(HEAD, DType.BF16, 5), "a", a())));
    return SharedFileTarget.create(
        folder.resolve("surrogate.safetensors"),
        opened("base"),
        new TreeMap<>(Map.of(HEAD, OTHER_HEAD)));
  }

  private static TensorSpec a() {
    return spec("a", DType.F32, 2);
  }

  private static TensorSpec spec(String name, DType dtype, long length) {
    return new TensorSpec(name, dtype, List.of(length));
  }

  private void write(String name, SortedMap<String, TensorSpec> tensors) {
    SafetensorsWriter.write(
        folder.resolve(name + ".safetensors"),
        tensors,
        Map.of(),
        (tensor, offset, destination, length) -> {
          for (int i = 0; i < length; i++) {
            destination[i] = 1 + (offset + i) / 2f;
          }
        });
  }

  private Checkpoint opened(String name) {
    return Checkpoints.open(folder.resolve(name + ".safetensors"));
  }

  private static float[] elements(SharedFileTarget target, String tensor) {
    float[] elements = new float[(int) target.tensors().get(tensor).elements()];
    try (Checkpoint file = Checkpoints.open(target.file())) {
      file.read(tensor, 0, elements, elements.length);
    }
    return elements;
  }
}
