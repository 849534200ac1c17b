package org.mergetomix.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.mergetomix.safetensors.TensorFile.read;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.family.TiedNames;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.problem.Problem;
import org.mergetomix.safetensors.SafetensorsFile;
import org.mergetomix.safetensors.TensorFile;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSpec;

/** Values come from src/test/python/lora_reference.py. */
class LoraDeltaTest {

  private static final Path CASES = Path.of("src/test/resources/org/mergetomix/expert/lora");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"plain", "root-of-rank", "fan-in-fan-out", "convolution"})
  void agreesWithTheReference(String name) {
    Path adapter = CASES.resolve(name);
    try (Checkpoint base = Checkpoints.open(adapter.resolve("base.safetensors"));
        Checkpoint expected = Checkpoints.open(adapter.resolve("expected.safetensors"));
        Delta delta = Delta.open(base, adapter, ExpertPolicy.STRICT)) {
      assertThat(delta.tensors()).isEqualTo(base.tensors());
      assertThat(delta.warnings()).isEmpty();
      for (TensorSpec tensor : base.tensors().values()) {
        int elements = (int) tensor.elements();
        float[] right = read(expected, tensor.name(), elements);
        float[] found = read(delta, tensor.name(), elements);
        for (int i = 0; i < elements; i++) {
          // A few roundings of numbers that are about 10 at most.
          assertThat(found[i])
              .as("%s[%d]", tensor.name(), i)
              .isCloseTo(right[i], within(Math.max(1f, Math.abs(right[i])) * 3e-6f));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "fan-in-fan-out", "convolution"})
  void givesAnElementTheSameBitsInEveryRange(String name) {
    Path adapter = CASES.resolve(name);
    try (Checkpoint base = Checkpoints.open(adapter.resolve("base.safetensors"));
        Delta delta = Delta.open(base, adapter, ExpertPolicy.STRICT)) {
      for (TensorSpec tensor : base.tensors().values()) {
        float[] whole = read(delta, tensor.name(), (int) tensor.elements());
        for (int from = 0; from < whole.length; from++) {
          for (int length = 1; from + length <= whole.length; length++) {
            float[] part = new float[length + 1];
            part[length] = 9;
            delta.read(tensor.name(), from, part, length);
            for (int i = 0; i < length; i++) {
              assertThat(part[i]).isEqualTo(whole[from + i]);
            }
            assertThat(part[length]).isEqualTo(9);
          }
        }
      }
    }
  }

  /** Each factor larger than a block, rows shorter and longer than a read, and large ranks. */
  @ParameterizedTest
  @CsvSource({"3,40000,2", "40000,3,2", "130,300,7", "20,70,600", "3,3000,400"})
  void readsShapesOfAllKinds(int rows, int columns, int rank) throws IOException {
    Random random = new Random(1);
    float[] a = numbers(random, rank * columns);
    float[] b = numbers(random, rows * rank);
    new TensorFile().ramp("m.weight", List.of(rows, columns), 0).write(folder.resolve("base.st"));
    adapter("'r':%d,'lora_alpha':%d".formatted(rank, 3 * rank))
        .f32("base_model.model.m.lora_A.weight", List.of(rank, columns), a)
        .f32("base_model.model.m.lora_B.weight", List.of(rows, rank), b)
        .write(folder.resolve("adapter_model.safetensors"));

    try (Checkpoint base = SafetensorsFile.open(folder.resolve("base.st"));
        Delta delta = Delta.open(base, folder, ExpertPolicy.STRICT)) {
      float[] found = read(delta, "m.weight", rows * columns);
      for (int i = 0; i < found.length; i++) {
        float sum = 0;
        for (int k = 0; k < rank; k++) {
          sum += b[i / columns * rank + k] * a[k * columns + i % columns];
        }
        assertThat(found[i]).isEqualTo(sum * 3f);
      }
      float[] chunk = new float[8192];
      for (int offset = 0; offset < found.length; offset += chunk.length) {
        int length = Math.min(chunk.length, found.length - offset);
        delta.read("m.weight", offset, chunk, length);
        for (int i = 0; i < length; i++) {
          assertThat(chunk[i]).isEqualTo(found[offset + i]);
        }
      }
    }
  }

  @Test
  void warnsWhenTheBaseHasAnotherName() throws IOException {
    new TensorFile().ramp("m.weight", List.of(1, 1), 1).write(folder.resolve("base.st"));
    adapter("'r':1,'base_model_name_or_path':'org/Llama-9'")
        .ramp("base_model.model.m.lora_A.weight", List.of(1, 1), 1)
        .ramp("base_model.model.m.lora_B.weight", List.of(1, 1), 1)
        .write(folder.resolve("adapter_model.safetensors"));

    try (Checkpoint base = SafetensorsFile.open(folder.resolve("base.st"));
        Delta delta = Delta.open(base, folder, ExpertPolicy.STRICT)) {
      assertThat(delta.warnings())
          .extracting(Problem::message)
          .containsExactly(
              "The adapter was trained on org/Llama-9, a name that the base %s does not have (%s)."
                      .formatted(folder.resolve("base.st"), folder.resolve("adapter_config.json"))
                  + " Make sure that it is the same model.");
    }
  }

  @Test
  void mapsPrefixesAndTiedNames() throws IOException {
    new TensorFile()
        .ramp("decoder.x.weight", List.of(1, 1), 1)
        .ramp("decoder.embed.weight", List.of(1, 1), 1)
        .write(folder.resolve("base.st"));
    // As with ensure_weight_tying: both are saved, and one is listed.
    adapter("'r':1,'lora_alpha':2,'modules_to_save':['embed']")
        .f32("base_model.model.model.x.lora_A.weight", List.of(1, 1), 3)
        .f32("base_model.model.model.x.lora_B.weight", List.of(1, 1), 5)
        .f32("base_model.model.model.head.weight", List.of(1, 1), 7)
        .f32("base_model.model.model.embed.weight", List.of(1, 1), 7)
        .write(folder.resolve("adapter_model.safetensors"));

    try (Checkpoint base = SafetensorsFile.open(folder.resolve("base.st"));
        Delta delta = Delta.open(base, folder, tiedDecoder())) {
      assertThat(read(delta, "decoder.x.weight", 1)).containsExactly(30);
      assertThat(read(delta, "decoder.embed.weight", 1)).containsExactly(7);
    }
  }

  private static ExpertPolicy tiedDecoder() {
    return new ExpertPolicy(
        ExpertKind.LORA,
        List.of(new PrefixMapping("model.", "decoder.")),
        ExpertPolicy.Missing.FAIL,
        ExpertPolicy.Extra.FAIL,
        List.of(),
        List.of(new TiedNames("decoder.head.weight", "decoder.embed.weight")));
  }

  @Test
  void refusesAChangeOfOneOfTwoTiedLayers() throws IOException {
    new TensorFile()
        .ramp("decoder.embed.weight", List.of(1, 1), 1)
        .write(folder.resolve("base.st"));
    adapter("'r':1,'lora_alpha':2")
        .f32("base_model.model.model.head.lora_A.weight", List.of(1, 1), 3)
        .f32("base_model.model.model.head.lora_B.weight", List.of(1, 1), 5)
        .write(folder.resolve("adapter_model.safetensors"));

    try (Checkpoint base = SafetensorsFile.open(folder.resolve("base.st"))) {
      assertThatThrownBy(() -> Delta.open(base, folder, tiedDecoder()))
          .hasMessageStartingWith(
              "The adapter changes decoder.head.weight but not decoder.embed.weight, which is the"
                  + " same tensor in the base (")
          .hasMessageContaining(
              "PEFT changes the one use alone, so the two are no longer tied: merge the adapter"
                  + " there into a base that was saved with tie_word_embeddings = false");
    }
  }

  @Test
  void refusesACopyOfOneOfTwoTiedLayers() throws IOException {
    new TensorFile()
        .ramp("decoder.embed.weight", List.of(1, 1), 1)
        .write(folder.resolve("base.st"));
    adapter("'r':1,'lora_alpha':2,'modules_to_save':['embed']")
        .f32("base_model.model.model.embed.weight", List.of(1, 1), 7)
        .write(folder.resolve("adapter_model.safetensors"));

    try (Checkpoint base = SafetensorsFile.open(folder.resolve("base.st"))) {
      assertThatThrownBy(() -> Delta.open(base, folder, tiedDecoder()))
          .hasMessageStartingWith(
              "The adapter changes decoder.embed.weight but not decoder.head.weight, which is the"
                  + " same tensor in the base (");
    }
  }

  @Test
  void hasNoDeltaForWholeNumbers() throws IOException {
    new TensorFile()
        .ramp("m.weight", List.of(1, 1), 1)
        .i64("ids", 1)
        .write(folder.resolve("base.st"));
    adapter("'r':1")
        .ramp("base_model.model.m.lora_A.weight", List.of(1, 1), 1)
        .ramp("base_model.model.m.lora_B.weight", List.of(1, 1), 1)
        .write(folder.resolve("adapter_model.safetensors"));

    try (Checkpoint base = SafetensorsFile.open(folder.resolve("base.st"));
        Delta delta = Delta.open(base, folder, ExpertPolicy.STRICT)) {
      assertThatThrownBy(() -> delta.read("ids", 0, new float[1], 1))
          .hasMessageStartingWith("The tensor is I64 [1] and holds no floating-point numbers");
      assertThatThrownBy(() -> delta.read("m.weight", 0, new float[2], 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  private TensorFile adapter(String config) throws IOException {
    Files.writeString(
        folder.resolve("adapter_config.json"),
        "{'peft_type':'LORA',%s}".formatted(config).replace('\'', '"'));
    return new TensorFile();
  }

  private static float[] numbers(Random random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }
}
