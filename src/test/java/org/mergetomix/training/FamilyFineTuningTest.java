package org.mergetomix.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.evaluation.TextData;
import org.mergetomix.evaluation.TokenizerSource;
import org.mergetomix.family.Family;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.FamilyModel;
import org.mergetomix.model.Precision;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.testing.HuggingFaceRun;

class FamilyFineTuningTest {

  @TempDir private Path folder;

  @Test
  void trainsAllWeightsOfAFamily() throws Exception {
    HuggingFaceRun run = HuggingFaceRun.of(folder);
    TokenizerSource tokenizer =
        new TokenizerSource.OfFolder(
            Location.of(run.base()), "", TokenizerSource.OfFolder.identity(run.base()));
    Path text = Files.write(folder.resolve("text.txt"), HuggingFaceRun.texts());
    TextData.TrainingWindows windows = new TextData(text.toString(), tokenizer, 128).training();
    List<Double> losses = new ArrayList<>();
    try (Checkpoint weights = Checkpoints.open(run.base());
        FamilyModel model = open(run.base(), weights)) {
      for (int pass = 0; pass < 2; pass++) {
        losses.add(
            new FineTuner(model, recipe())
                .train(
                    Mixture.subset(List.of("a")),
                    new TreeMap<>(Map.of("a", windows.windows())),
                    windows.padding(),
                    1,
                    step -> {}));
      }
      assertThat(model.parameters().keySet()).contains("model.embed_tokens.weight");
    }

    assertThat(windows.windows()).hasSize(5);
    assertThat(losses.get(0)).isLessThan(Math.log(64));
    assertThat(losses.get(1)).isLessThan(losses.get(0) - 0.1);
  }

  @Test
  void trainsOnPackedWindowsAsOnPaddedOnes() throws Exception {
    HuggingFaceRun run = HuggingFaceRun.of(folder);
    TokenizerSource tokenizer =
        new TokenizerSource.OfFolder(
            Location.of(run.base()), "", TokenizerSource.OfFolder.identity(run.base()));
    List<String> lines = new ArrayList<>(HuggingFaceRun.texts());
    lines.addAll(List.of("a b", "c", "short one"));
    Path text = Files.write(folder.resolve("text.txt"), lines);
    TextData.TrainingWindows windows = new TextData(text.toString(), tokenizer, 128).training();
    List<Double> losses = new ArrayList<>();
    List<float[]> weights = new ArrayList<>();
    for (FineTuning.Packing packing : FineTuning.Packing.values()) {
      FineTuning recipe =
          new FineTuning(
              new FineTuning.Full(),
              new FineTuning.Steps(5),
              FineTuning.Shares.EXAMPLE,
              packing,
              windows.windows().size(),
              3,
              3e-3,
              1,
              0.1,
              0,
              1);
      try (Checkpoint base = Checkpoints.open(run.base());
          FamilyModel model = open(run.base(), base)) {
        losses.add(
            new FineTuner(model, recipe)
                .train(
                    Mixture.subset(List.of("a")),
                    new TreeMap<>(Map.of("a", windows.windows())),
                    windows.padding(),
                    1,
                    step -> {}));
        weights.add(model.parameters().get("model.embed_tokens.weight").toFloatArray());
      }
    }

    assertThat(losses.get(1)).isCloseTo(losses.get(0), within(1e-4));
    assertThat(weights.get(1))
        .isNotEqualTo(weights.get(0))
        .containsExactly(weights.get(0), within(1e-4f));
  }

  private static FamilyModel open(Path base, Checkpoint weights) {
    Family family = FamilyReader.ofBase(base, weights.tensors().keySet());
    FamilyModel model = FamilyModel.open(family, Precision.FLOAT32, ComputeDevice.CPU);
    model.fill(weights, "base");
    return model;
  }

  private static FineTuning recipe() {
    return new FineTuning(new FineTuning.Steps(20), 4, 3e-3, 1, 0.1, 0, 1);
  }
}
