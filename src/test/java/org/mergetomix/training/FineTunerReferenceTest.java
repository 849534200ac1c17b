package org.mergetomix.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.mergetomix.evaluation.TokenWindow;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.LiveModel;
import org.mergetomix.testing.ByteTransformer;

/**
 * Three steps give what {@code src/test/python/fine_tuning_reference.py} computes in double
 * precision, without this code or an optimiser of PyTorch's.
 */
class FineTunerReferenceTest {

  private static final Path REFERENCE =
      Path.of("src/test/resources/org/mergetomix/training/fine-tuning-reference.tsv");

  private static final FineTuning RECIPE =
      new FineTuning(new FineTuning.Steps(3), 5, 1e-2, 1, 0.25, 0.1, 0.05);

  @Test
  void takesTheStepsThatTheFormulasGive() throws IOException {
    SortedMap<String, List<TokenWindow>> windows = new TreeMap<>();
    windows.put("ca", TinyData.windows("Alemanya", "Londres", "In nItzA", "ý", "divendres sant"));
    SortedMap<String, float[]> before = new TreeMap<>();
    SortedMap<String, float[]> after = new TreeMap<>();
    double loss;
    try (LiveModel model = ByteTransformer.load()) {
      model.tensors().keySet().forEach(n -> before.put(n, ByteTransformer.parameter(model, n)));
      loss =
          new FineTuner(model, RECIPE)
              .train(
                  Mixture.subset(List.of("ca")),
                  windows,
                  TinyData.TOKENIZER.padding(),
                  1,
                  step -> {});
      model.tensors().keySet().forEach(n -> after.put(n, ByteTransformer.parameter(model, n)));
    }

    SoftAssertions softly = new SoftAssertions();
    for (String line : Files.readAllLines(REFERENCE)) {
      String[] cells = line.split("\t", -1);
      int position = Integer.parseInt(cells[1]);
      double expected = Double.parseDouble(cells[2]);
      if (!cells[0].equals("loss")) {
        double change = (double) after.get(cells[0])[position] - before.get(cells[0])[position];
        // Of a parameter near 1, float32 keeps seven digits.
        softly
            .assertThat(change)
            .as("%s at %d", cells[0], position)
            .isEqualTo(expected, within(3e-7 + 1e-4 * Math.abs(expected)));
      } else if (position == 3) {
        assertThat(loss).isEqualTo(expected, within(1e-5));
      }
    }
    softly.assertAll();
  }
}
