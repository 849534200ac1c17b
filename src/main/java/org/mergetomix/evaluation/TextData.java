package org.mergetomix.evaluation;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A text file and how a model reads it.
 *
 * @param path the file, one example a line
 * @param tokenizer how text becomes tokens
 * @param context how many tokens the model sees at once
 */
public record TextData(String path, TokenizerSource tokenizer, int context)
    implements Serializable {

  /** The file. */
  public Path file() {
    return Path.of(path);
  }

  /**
   * The windows of all examples that a model is trained on, in their order.
   *
   * @throws org.mergetomix.problem.UserException if text or tokenizer cannot be used
   */
  public TrainingWindows training() {
    List<TokenWindow> windows = new ArrayList<>();
    List<String> examples = TextExamples.read(file());
    try (Tokenizer opened = tokenizer.open()) {
      for (int example = 0; example < examples.size(); example++) {
        windows.addAll(opened.trained(example, examples.get(example), context));
      }
      return new TrainingWindows(windows, opened.padding());
    }
  }

  /**
   * What a model is trained on.
   *
   * @param windows the windows
   * @param padding the token that fills a batch up
   */
  public record TrainingWindows(List<TokenWindow> windows, int padding) {

    public TrainingWindows {
      windows = List.copyOf(windows);
    }
  }
}
