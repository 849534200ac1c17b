package org.mergetomix.evaluation;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A token for every byte of the UTF-8 text (0 to 255), between begin 256 and end 257; padding is
 * 258. The end is scored too. Immutable.
 */
final class ByteTokenizer implements Tokenizer {

  static final String NAME = "bytes";

  /** How many tokens there are. */
  static final int VOCABULARY = 259;

  private static final int BEGIN = 256;
  private static final int END = 257;
  private static final int PADDING = 258;

  @Override
  public List<TokenWindow> scored(int example, String text, int context) {
    return TokenWindow.of(example, encode(text), context);
  }

  @Override
  public List<TokenWindow> trained(int example, String text, int context) {
    return scored(example, text, context);
  }

  int[] encode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] tokens = new int[bytes.length + 2];
    tokens[0] = BEGIN;
    for (int i = 0; i < bytes.length; i++) {
      tokens[i + 1] = Byte.toUnsignedInt(bytes[i]);
    }
    tokens[tokens.length - 1] = END;
    return tokens;
  }

  @Override
  public int padding() {
    return PADDING;
  }

  @Override
  public void close() {}
}
