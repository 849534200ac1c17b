package org.mergetomix.evaluation;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.mergetomix.data.DataRows.Placed;
import org.mergetomix.data.Example;
import org.mergetomix.evaluation.prompt.Prompt;
import org.mergetomix.evaluation.prompt.Prompting;
import org.mergetomix.problem.UserException;

/**
 * A token for every byte of the UTF-8 text (0 to 255), between begin 256 and end 257; padding is
 * 258. The end is scored too, but not that of a choice. Immutable.
 */
final class ByteTokenizer implements Tokenizer {

  static final String NAME = "bytes";

  /** How many tokens there are. */
  static final int VOCABULARY = 259;

  private static final int BEGIN = 256;
  private static final int END = 257;
  private static final int PADDING = 258;

  /** What those are called, from the first on. */
  private static final List<String> SPECIAL = List.of("<begin>", "<end>", "<padding>");

  @Override
  public List<TokenWindow> scored(int number, Placed<Example> example, int context) {
    return example
        .meaning()
        .map(
            text -> TokenWindow.of(number, encode(text.text()), context),
            pair -> {
              int[] tokens = encode(pair.prompt() + pair.completion());
              BitSet completion = new BitSet();
              completion.set(1 + bytes(pair.prompt()).length, tokens.length);
              return TokenWindow.marked(number, tokens, completion, context);
            },
            dialogue -> {
              throw noTemplate(example, "Write texts, or prompts and completions");
            });
  }

  private static UserException noTemplate(Placed<?> row, String remedy) {
    return row.refused(
        "A conversation needs a chat template, and the tokenizer of bytes has none", remedy);
  }

  @Override
  public String prompt(Placed<?> row, Prompt prompt, Prompting.Layout layout) {
    return switch (layout) {
      case TEXT -> prompt.text();
      case CONVERSATION -> throw noTemplate(row, "Leave layout out of the task");
    };
  }

  @Override
  public List<TokenWindow> trained(int number, Placed<Example> example, int context) {
    return scored(number, example, context);
  }

  @Override
  public TokenPair pair(String context, String continuation) {
    int[] given = encode(context);
    int[] whole = encode(continuation);
    return new TokenPair(
        Arrays.copyOf(given, given.length - 1), Arrays.copyOfRange(whole, 1, whole.length - 1));
  }

  @Override
  public int[] begun(String text) {
    int[] whole = encode(text);
    return Arrays.copyOf(whole, whole.length - 1);
  }

  @Override
  public String written(int... tokens) {
    return text(Arrays.stream(tokens).filter(token -> token < BEGIN).toArray());
  }

  @Override
  public List<Integer> endings() {
    return List.of(END);
  }

  @Override
  public String text(int... tokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int token : tokens) {
      if (token < BEGIN) {
        bytes.write(token);
      } else {
        bytes.writeBytes(bytes(SPECIAL.get(token - BEGIN)));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  int[] encode(String text) {
    byte[] bytes = bytes(text);
    int[] tokens = new int[bytes.length + 2];
    tokens[0] = BEGIN;
    for (int i = 0; i < bytes.length; i++) {
      tokens[i + 1] = Byte.toUnsignedInt(bytes[i]);
    }
    tokens[tokens.length - 1] = END;
    return tokens;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public int padding() {
    return PADDING;
  }

  @Override
  public void close() {}
}
