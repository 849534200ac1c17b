package org.mergetomix.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.evaluation.TextData;
import org.mergetomix.evaluation.TokenWindow;
import org.mergetomix.evaluation.TokenizerSource;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.FamilyModel;
import org.mergetomix.model.Precision;
import org.mergetomix.tensor.Checkpoint;

/**
 * Fine-tuning on completions, and on what an assistant wrote, beside transformers with labels
 * masked, as {@code src/test/python/masked_training_reference.py} ran it.
 */
class MaskedTrainingTest {

  private static final Path RESOURCES = Path.of("src/test/resources/org/mergetomix");

  private static final Path REFERENCE = RESOURCES.resolve("training/masked");

  private static final int STEPS = 20;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"completions", "messages"})
  void losesWhatTransformersLoses(String rows) throws IOException {
    JsonNode golden =
        new ObjectMapper().readTree(REFERENCE.resolve("losses.json").toFile()).get(rows);
    TextData.TrainingWindows data = data(rows).training();
    Path llama = RESOURCES.resolve("family/llama");

    try (Checkpoint weights = Checkpoints.open(llama);
        FamilyModel model =
            FamilyModel.open(
                FamilyReader.ofBase(llama, weights.tensors().keySet()),
                Precision.FLOAT32,
                ComputeDevice.CPU)) {
      // A training tells the loss of its last step, or the mean of its last two.
      double[] losses = new double[STEPS];
      for (int step = 1; step <= STEPS; step++) {
        model.fill(weights, "base");
        double told = train(model, data, step);
        losses[step - 1] = step < STEPS ? told : 2 * told - losses[step - 2];
      }

      assertThat(golden).hasSize(STEPS);
      for (int step = 0; step < STEPS; step++) {
        assertThat(losses[step])
            .as("step %s", step + 1)
            .isEqualTo(golden.get(step).doubleValue(), within(1e-5));
      }
    }
  }

  private static double train(FamilyModel model, TextData.TrainingWindows data, int steps) {
    List<TokenWindow> windows = data.windows();
    // No warm-up and no decay of the learning rate: the first steps of a longer training are those
    // of a shorter one.
    FineTuning recipe =
        new FineTuning(new FineTuning.Steps(steps), windows.size(), 1e-3, 0, 1, 0.01, 1);
    return new FineTuner(model, recipe)
        .train(
            Mixture.subset(List.of("a")),
            new TreeMap<>(Map.of("a", windows)),
            data.padding(),
            1,
            step -> {});
  }

  private TextData data(String rows) throws IOException {
    Path tokenizer = RESOURCES.resolve("evaluation/lm-eval/front");
    for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
      Files.copy(tokenizer.resolve(file), folder.resolve(file));
    }
    Files.copy(REFERENCE.resolve("chat_template.jinja"), folder.resolve("chat_template.jinja"));
    return new TextData(
        REFERENCE.resolve(rows + ".jsonl").toString(),
        new TokenizerSource.OfFolder(
            Location.of(folder), "", TokenizerSource.OfFolder.identity(folder)),
        64);
  }
}
