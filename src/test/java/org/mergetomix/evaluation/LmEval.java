package org.mergetomix.evaluation;

import java.nio.file.Path;
import org.mergetomix.family.Family;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.location.Location;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.FamilyModel;
import org.mergetomix.model.Precision;
import org.mergetomix.tensor.Checkpoint;

/** What {@code src/test/python/lm_eval_reference.py} ran lm-eval on. */
final class LmEval {

  private static final Path RESOURCES = Path.of("src", "test", "resources", "org", "mergetomix");

  static final Path GOLDEN = RESOURCES.resolve("evaluation").resolve("lm-eval");

  private LmEval() {}

  /** The folder of a tiny model. */
  static Path folder(String family) {
    return RESOURCES.resolve("family").resolve(family);
  }

  static FamilyModel model(Path folder, Checkpoint weights) {
    Family family = FamilyReader.ofBase(folder, weights.tensors().keySet());
    FamilyModel model = FamilyModel.open(family, Precision.FLOAT32, ComputeDevice.CPU);
    model.fill(weights, folder.toString());
    return model;
  }

  /** The rows of a file for a tokenizer's folder. */
  static TaskData data(String file, Path tokenizer, int context) {
    TokenizerSource source =
        new TokenizerSource.OfFolder(
            Location.of(tokenizer), "", TokenizerSource.OfFolder.identity(tokenizer));
    TextData text = new TextData(GOLDEN.resolve(file).toString(), source, context);
    return new TaskData(text, "0f".repeat(32));
  }
}
