package org.mergetomix.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mergetomix.safetensors.RawSafetensors.header;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.SafetensorsFile;
import org.mergetomix.safetensors.SafetensorsWriter;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;

class FullCheckpointDeltaTest {

  @TempDir Path directory;

  @Test
  void subtractsTheBaseInFloat32() {
    int elements = 5000;
    try (Checkpoint base = checkpoint("base", DType.F32, elements, 0.1f);
        Delta delta = full(base, checkpoint("es", DType.F32, elements, 0.3f), "es")) {
      float[] difference = new float[elements];
      delta.read("a", 0, difference, elements);

      for (int i = 0; i < elements; i++) {
        assertThat(difference[i]).isEqualTo(i * 0.3f - i * 0.1f);
      }
      assertThat(delta.tensors()).isEqualTo(base.tensors());
    }
  }

  @Test
  void readsAnyRange() {
    try (Checkpoint base = checkpoint("base", DType.F32, 5000, 1);
        Delta delta = full(base, checkpoint("es", DType.F32, 5000, 3), "es")) {
      float[] difference = {9, 9, 9, 9};
      delta.read("a", 4998, difference, 2);

      assertThat(difference).containsExactly(9996, 9998, 9, 9);
    }
  }

  @Test
  void widensDifferentStoredTypes() {
    try (Checkpoint base = checkpoint("base", DType.BF16, 4, 1);
        Delta delta = full(base, checkpoint("es", DType.F16, 4, 1.5f), "es")) {
      float[] difference = new float[4];
      delta.read("a", 0, difference, 4);

      assertThat(difference).containsExactly(0, 0.5f, 1, 1.5f);
      assertThat(delta.tensors().get("a").dtype()).isEqualTo(DType.BF16);
    }
  }

  @Test
  void closesTheExpertAndNotTheBase() {
    try (Checkpoint base = checkpoint("base", DType.F32, 4, 1)) {
      Checkpoint expert = checkpoint("es", DType.F32, 4, 2);
      full(base, expert, "es").close();

      assertThatThrownBy(() -> expert.read("a", 0, new float[1], 1))
          .isInstanceOf(IllegalStateException.class);
      base.read("a", 0, new float[1], 1);
    }
  }

  @Test
  void namesEveryTensorThatDoesNotMatch() throws IOException {
    String base =
        tensor("head", "F32", "2", "0,8")
            + ","
            + tensor("ids", "F32", "2", "8,16")
            + ","
            + tensor("layer", "F32", "2,1", "16,24")
            + ","
            + tensor("same", "F32", "1", "24,28");
    String expert =
        tensor("extra", "F32", "2", "0,8")
            + ","
            + tensor("ids", "I32", "2", "8,16")
            + ","
            + tensor("layer", "F32", "1,2", "16,24")
            + ","
            + tensor("same", "F32", "1", "24,28");
    try (Checkpoint opened = raw("base", base)) {
      Checkpoint tuned = raw("es", expert);

      UserException refused =
          catchThrowableOfType(UserException.class, () -> full(opened, tuned, "es").close());

      assertThat(refused.exitCode()).isEqualTo(ExitCode.INPUT);
      assertThat(refused.problems())
          .containsExactly(
              new Problem(
                  "The base lacks a tensor that the expert has as F32 [2]",
                  "expert es, tensor extra",
                  "Fine-tune the expert from this base, and save it under the base's names; or map"
                      + " names with prefixes, and list what is no weight under ignore, with extra"
                      + " = ignore-listed"),
              new Problem(
                  "The expert lacks a tensor that the base has as F32 [2]",
                  "expert es, tensor head",
                  "Save all parameters of the fine-tuned model, under the base's names; or map"
                      + " names with prefixes, or set missing = base to take the base's"),
              new Problem(
                  "Expected F32 [2] as in the base, found I32 [2]",
                  "expert es, tensor ids",
                  "Fine-tune the expert from this base, and keep its shapes and kinds of numbers"),
              new Problem(
                  "Expected F32 [2, 1] as in the base, found F32 [1, 2]",
                  "expert es, tensor layer",
                  "Fine-tune the expert from this base, and keep its shapes and kinds of numbers"));
      assertThatThrownBy(() -> tuned.read("same", 0, new float[1], 1))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void hasNoDeltaForIntegers() throws IOException {
    try (Checkpoint base = raw("base", tensor("ids", "I64", "1", "0,8") + "," + pad());
        Delta delta = full(base, raw("es", tensor("ids", "I64", "1", "0,8") + "," + pad()), "es")) {
      assertThatThrownBy(() -> delta.read("ids", 0, new float[1], 1))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("The tensor is I64 [1] and holds no floating-point numbers");
    }
  }

  /** One tensor, a, whose elements are their index times a factor. */
  private Checkpoint checkpoint(String name, DType dtype, int elements, float factor) {
    Path file = directory.resolve(name + ".safetensors");
    SafetensorsWriter.write(
        file,
        new TreeMap<>(Map.of("a", new TensorSpec("a", dtype, List.of((long) elements)))),
        Map.of(),
        (tensor, offset, destination, length) -> {
          for (int i = 0; i < length; i++) {
            destination[i] = (offset + i) * factor;
          }
        });
    return SafetensorsFile.open(file);
  }

  private Checkpoint raw(String name, String tensors) throws IOException {
    return SafetensorsFile.open(
        header("{" + tensors + "}").zeros(28).in(Files.createDirectory(directory.resolve(name))));
  }

  private static String tensor(String name, String dtype, String shape, String offsets) {
    return "'%s':{'dtype':'%s','shape':[%s],'data_offsets':[%s]}"
        .formatted(name, dtype, shape, offsets);
  }

  private static String pad() {
    return tensor("pad", "U8", "20", "8,28");
  }

  private static Delta full(Checkpoint base, Checkpoint expert, String name) {
    return FullCheckpointDelta.of(base, expert, name, ExpertPolicy.STRICT, Contents.WHOLE);
  }
}
