package org.mergetomix.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.SafetensorsFile;
import org.mergetomix.safetensors.TensorFile;
import org.mergetomix.tensor.Checkpoint;

/** What the family of a base says about its experts: GPT-2, whose linear layers are transposed. */
class FamilyExpertTest {

  private static final Path CONFIG =
      Path.of("src", "test", "resources", "org", "mergetomix", "family", "gpt2", "config.json");

  private static final String WEIGHT = "h.0.attn.c_proj.weight";

  @TempDir private Path folder;

  private Path base;

  /** Bare names, as the hub's GPT-2 has them, with the causal mask among the weights. */
  @BeforeEach
  void writeBase() throws IOException {
    base = Files.createDirectory(folder.resolve("base"));
    Files.copy(CONFIG, base.resolve("config.json"));
    new TensorFile()
        .ramp(WEIGHT, List.of(2, 2), 1)
        .ramp("h.0.attn.bias", List.of(2, 2), 5)
        .ramp("wte.weight", List.of(2, 2), 9)
        .write(base.resolve("model.safetensors"));
  }

  @Test
  void ordersConv1dByItsKindWhateverTheAdapterSays() throws IOException {
    for (boolean said : new boolean[] {true, false}) {
      Path adapter = adapter(said);
      new TensorFile()
          .f32("base_model.model.transformer.h.0.attn.c_proj.lora_A.weight", List.of(1, 2), 1, 2)
          .f32("base_model.model.transformer.h.0.attn.c_proj.lora_B.weight", List.of(2, 1), 3, 5)
          .write(adapter.resolve("adapter_model.safetensors"));

      // A row for each input: A transposed times B transposed.
      assertThat(delta(adapter)).as("fan_in_fan_out " + said).containsExactly(3, 5, 6, 10);
    }
  }

  @Test
  void takesAnExpertWithTheNamesOfTheWholeModelAndNoMask() throws IOException {
    Path expert = Files.createDirectory(folder.resolve("expert"));
    new TensorFile()
        .f32("transformer." + WEIGHT, List.of(2, 2), 2, 4, 6, 8)
        .ramp("transformer.wte.weight", List.of(2, 2), 9)
        .ramp("transformer.h.0.attn.masked_bias", List.of(1), 1)
        .write(expert.resolve("model.safetensors"));

    assertThat(delta(expert)).containsExactly(2, 3, 4, 5);
  }

  @Test
  void refusesAnAdapterOfTheTiedHeadAlone() throws IOException {
    Path adapter = adapter(false);
    new TensorFile()
        .f32("base_model.model.lm_head.lora_A.weight", List.of(1, 2), 1, 2)
        .f32("base_model.model.lm_head.lora_B.weight", List.of(2, 1), 3, 5)
        .write(adapter.resolve("adapter_model.safetensors"));

    assertThatThrownBy(() -> delta(adapter))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("The adapter changes lm_head.weight but not wte.weight, which is");
  }

  private Path adapter(boolean fanInFanOut) throws IOException {
    Path adapter = Files.createDirectory(folder.resolve("adapter-" + fanInFanOut));
    Files.writeString(
        adapter.resolve("adapter_config.json"),
        "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": 1, \"fan_in_fan_out\": %s}"
            .formatted(fanInFanOut));
    return adapter;
  }

  private float[] delta(Path expert) {
    try (Checkpoint opened = SafetensorsFile.open(base.resolve("model.safetensors"))) {
      ExpertPolicy policy =
          ExpertPolicy.STRICT.with(FamilyReader.ofBase(base, opened.tensors().keySet()));
      try (Delta delta = Delta.open(opened, expert, policy)) {
        float[] values = new float[4];
        delta.read(WEIGHT, 0, values, 4);
        return values;
      }
    }
  }
}
