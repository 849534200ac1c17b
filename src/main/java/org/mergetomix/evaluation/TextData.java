package org.mergetomix.evaluation;

import java.io.Serializable;
import java.nio.file.Path;

/**
 * A text file and how a model reads it.
 *
 * @param path the file, one example a line
 * @param tokenizerName how text becomes tokens
 * @param context how many tokens the model sees at once
 */
public record TextData(String path, String tokenizerName, int context) implements Serializable {

  /** The file. */
  public Path file() {
    return Path.of(path);
  }

  /** The tokenizer. */
  public Tokenizer tokenizer() {
    return Tokenizer.named(tokenizerName);
  }
}
