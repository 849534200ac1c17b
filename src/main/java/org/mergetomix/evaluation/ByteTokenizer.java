package org.mergetomix.evaluation;

import java.nio.charset.StandardCharsets;

/** A token for every byte of the UTF-8 text (0 to 255), and begin 256, end 257, padding 258. */
final class ByteTokenizer implements Tokenizer {

  static final String NAME = "bytes";

  @Override
  public int[] encode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] tokens = new int[bytes.length + 2];
    tokens[0] = begin();
    for (int i = 0; i < bytes.length; i++) {
      tokens[i + 1] = Byte.toUnsignedInt(bytes[i]);
    }
    tokens[tokens.length - 1] = end();
    return tokens;
  }

  @Override
  public int begin() {
    return 256;
  }

  @Override
  public int end() {
    return 257;
  }

  @Override
  public int padding() {
    return 258;
  }
}
