package org.mergetomix.model;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/**
 * A Hugging Face folder's {@code tokenizer.json}, as the Python package tokenizers reads it. Never
 * cuts or pads, whatever the file says. Owns native memory; otherwise immutable, and safe for use
 * by several threads.
 */
public final class FolderTokenizer implements AutoCloseable {

  /** The file's name in a Hugging Face folder. */
  public static final String FILE = TokenizerFiles.TOKENIZER;

  private final TokenizerFiles files;
  private final HuggingFaceTokenizer tokenizer;

  private FolderTokenizer(TokenizerFiles files, HuggingFaceTokenizer tokenizer) {
    this.files = files;
    this.tokenizer = tokenizer;
  }

  /**
   * Reads the tokenizer of a folder.
   *
   * @throws UserException if the folder has none, or a damaged one
   */
  public static FolderTokenizer open(Path folder) {
    NativeSettings.apply();
    TokenizerFiles files = TokenizerFiles.read(folder);
    Path file = folder.resolve(FILE);
    // Without these two, texts are cut to 512 tokens.
    Map<String, String> options = Map.of("truncation", "false", "padding", "false");
    try (InputStream content = Files.newInputStream(file)) {
      return new FolderTokenizer(files, HuggingFaceTokenizer.newInstance(content, options));
    } catch (IOException | RuntimeException failure) {
      throw UserException.input(
          "The tokenizer cannot be used: "
              + String.valueOf(failure.getMessage()).lines().findFirst().orElse(""),
          file.toString(),
          "Write it again with a current transformers",
          failure);
    }
  }

  /** The tokens of a text alone. */
  public int[] encode(String text) {
    return ids(tokenizer.encode(text, false, false));
  }

  /** The tokens of a text with those that the tokenizer's own template puts around it. */
  public int[] encodeWhole(String text) {
    return ids(tokenizer.encode(text, true, false));
  }

  /** The same as {@link #encode}, with the places of tokens. */
  public PlacedTokens encodePlaced(String text) {
    return placed(tokenizer.encode(text, false, false));
  }

  /** The same as {@link #encodeWhole}, with the places of tokens. */
  public PlacedTokens encodeWholePlaced(String text) {
    return placed(tokenizer.encode(text, true, false));
  }

  private static PlacedTokens placed(Encoding encoding) {
    int[] tokens = ids(encoding);
    int[] starts = new int[tokens.length];
    int[] ends = new int[tokens.length];
    CharSpan[] spans = encoding.getCharTokenSpans();
    for (int token = 0; token < tokens.length; token++) {
      if (spans[token] != null) {
        starts[token] = spans[token].getStart();
        ends[token] = spans[token].getEnd();
      }
    }
    return new PlacedTokens(tokens, starts, ends);
  }

  private static int[] ids(Encoding encoding) {
    return Arrays.stream(encoding.getIds()).mapToInt(Math::toIntExact).toArray();
  }

  /** The text of tokens, without special ones such as begin and end. */
  public String decode(int[] tokens) {
    return tokenizer.decode(Arrays.stream(tokens).asLongStream().toArray(), true);
  }

  /** The text of tokens, with special ones. */
  public String text(int... tokens) {
    return tokenizer.decode(Arrays.stream(tokens).asLongStream().toArray(), false);
  }

  /** One more than the highest token's number. */
  public int vocabulary() {
    return files.vocabulary();
  }

  /** The token that begins a text, as the tokenizer's configuration names it. */
  public OptionalInt begin() {
    return files.begin();
  }

  /** The token that ends a text, as the tokenizer's configuration names it. */
  public OptionalInt end() {
    return files.end();
  }

  /** As {@link TokenizerFiles#endings()}. */
  public List<Integer> endings() {
    return files.endings();
  }

  /** The token that fills batches up, as the tokenizer's configuration names it. */
  public OptionalInt padding() {
    return files.padding();
  }

  /** The token before a text that is scored, as {@link TokenizerFiles#prefix()}. */
  public int prefix() {
    return files.prefix();
  }

  /** As {@link TokenizerFiles#mismatch}. */
  public Optional<Problem> mismatch(long modelVocabulary) {
    return files.mismatch(modelVocabulary);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
