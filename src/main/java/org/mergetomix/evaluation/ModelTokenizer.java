package org.mergetomix.evaluation;

import java.nio.file.Path;
import java.util.List;
import org.mergetomix.model.FolderTokenizer;

/**
 * The tokenizer of a model's folder. A text is scored as {@code loglikelihood_rolling} of lm-eval
 * does it: after one prefix token, without an end. It is trained on as the tokenizer's own template
 * has it.
 */
final class ModelTokenizer implements Tokenizer {

  private final FolderTokenizer tokenizer;
  private final int prefix;

  private ModelTokenizer(FolderTokenizer tokenizer, int prefix) {
    this.tokenizer = tokenizer;
    this.prefix = prefix;
  }

  /**
   * Opens a folder's tokenizer.
   *
   * @throws org.mergetomix.problem.UserException if it cannot be used, or has no prefix token
   */
  static ModelTokenizer open(Path folder) {
    FolderTokenizer tokenizer = FolderTokenizer.open(folder);
    try {
      return new ModelTokenizer(tokenizer, tokenizer.prefix());
    } catch (RuntimeException | Error failure) {
      tokenizer.close();
      throw failure;
    }
  }

  @Override
  public List<TokenWindow> scored(int example, String text, int context) {
    int[] tokens = tokenizer.encode(text);
    int[] prefixed = new int[tokens.length + 1];
    prefixed[0] = prefix;
    System.arraycopy(tokens, 0, prefixed, 1, tokens.length);
    return TokenWindow.rolling(example, prefixed, context);
  }

  @Override
  public List<TokenWindow> trained(int example, String text, int context) {
    return TokenWindow.of(example, tokenizer.encodeWhole(text), context);
  }

  @Override
  public int padding() {
    return tokenizer.padding().orElse(prefix);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
