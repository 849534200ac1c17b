package org.mergetomix.evaluation;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.mergetomix.data.DataRows.Placed;
import org.mergetomix.data.Example;
import org.mergetomix.data.conversation.ModelTemplate;
import org.mergetomix.data.template.Rendering;
import org.mergetomix.data.template.Span;
import org.mergetomix.data.template.syntax.Whitespace;
import org.mergetomix.evaluation.prompt.Prompt;
import org.mergetomix.evaluation.prompt.Prompting;
import org.mergetomix.model.FolderTokenizer;
import org.mergetomix.model.PlacedTokens;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/**
 * The tokenizer of a model's folder, and its chat template. A text is scored as {@code
 * loglikelihood_rolling} of lm-eval does it, after one prefix token and without an end; a
 * completion or choice as its {@code loglikelihood}. A text is trained on as the tokenizer's own
 * template has it, a completion with the token that ends a text after it. A conversation is
 * rendered by the chat template, which has the tokens around it. A token that is partly of what
 * counts, counts.
 */
final class ModelTokenizer implements Tokenizer {

  private final Path folder;
  private final FolderTokenizer tokenizer;
  private final int prefix;
  private Optional<ModelTemplate> template = Optional.empty();

  private ModelTokenizer(Path folder, FolderTokenizer tokenizer, int prefix) {
    this.folder = folder;
    this.tokenizer = tokenizer;
    this.prefix = prefix;
  }

  /**
   * Opens a folder's tokenizer.
   *
   * @throws UserException if it cannot be used, or has no prefix token
   */
  static ModelTokenizer open(Path folder) {
    FolderTokenizer tokenizer = FolderTokenizer.open(folder);
    try {
      return new ModelTokenizer(folder, tokenizer, tokenizer.prefix());
    } catch (RuntimeException | Error failure) {
      tokenizer.close();
      throw failure;
    }
  }

  @Override
  public List<TokenWindow> scored(int number, Placed<Example> example, int context) {
    return example
        .meaning()
        .map(
            text -> TokenWindow.rolling(number, prefixed(tokenizer.encode(text.text())), context),
            completion -> {
              TokenPair pair = pair(completion.prompt(), completion.completion());
              return TokenWindow.continuation(number, pair.given(), pair.continuation(), context);
            },
            dialogue -> windows(number, rendered(example, dialogue), context));
  }

  @Override
  public List<TokenWindow> trained(int number, Placed<Example> example, int context) {
    return example
        .meaning()
        .map(
            text -> TokenWindow.of(number, tokenizer.encodeWhole(text.text()), context),
            completion -> windows(number, completed(completion), context),
            dialogue -> windows(number, rendered(example, dialogue), context));
  }

  /** Tokens, and which of them count. */
  @SuppressWarnings("ArrayRecordComponent") // Read once, and never compared.
  private record Marked(int[] tokens, BitSet counted) {}

  private static List<TokenWindow> windows(int number, Marked marked, int context) {
    return TokenWindow.marked(number, marked.tokens(), marked.counted(), context);
  }

  private Marked completed(Example.Completion pair) {
    String text = pair.prompt() + pair.completion();
    int prompt = pair.prompt().codePointCount(0, pair.prompt().length());
    Span completion = new Span(prompt, text.codePointCount(0, text.length()));
    PlacedTokens placed = tokenizer.encodeWholePlaced(text);
    BitSet counted = placed.overlapping(completion.start(), completion.end());
    int[] tokens = placed.tokens();
    if (tokenizer.end().isPresent()) {
      int end = tokenizer.end().getAsInt();
      if (tokens[tokens.length - 1] != end) {
        tokens = Arrays.copyOf(tokens, tokens.length + 1);
        tokens[tokens.length - 1] = end;
      }
      counted.set(tokens.length - 1);
    }
    return new Marked(tokens, counted);
  }

  private Marked rendered(Placed<Example> example, Example.Dialogue dialogue) {
    Rendering rendering =
        located(example, () -> template().marked(dialogue.conversation(), ModelTemplate.TODAY));
    PlacedTokens placed = tokenizer.encodePlaced(rendering.text());
    BitSet counted = new BitSet();
    for (Span span : rendering.completions()) {
      counted.or(placed.overlapping(span.start(), span.end()));
    }
    if (rendering.completions().isEmpty()) {
      counted.set(0, placed.tokens().length);
    }
    return new Marked(placed.tokens(), counted);
  }

  /** What a template refuses is told with the row. */
  private static <T> T located(Placed<?> row, Supplier<T> rendering) {
    try {
      return rendering.get();
    } catch (UserException refused) {
      throw refused.with(
          problem ->
              new Problem(
                  problem.what() + ", at " + row.place().where(),
                  problem.where(),
                  problem.remedy()));
    }
  }

  @Override
  public String prompt(Placed<?> row, Prompt prompt, Prompting.Layout layout) {
    return switch (layout) {
      case TEXT -> prompt.text();
      case CONVERSATION ->
          located(row, () -> template().prompt(prompt.conversation(), ModelTemplate.TODAY));
    };
  }

  /** Read when the first conversation needs it. */
  private synchronized ModelTemplate template() {
    if (template.isEmpty()) {
      template = Optional.of(ModelTemplate.read(folder));
    }
    return template.get();
  }

  /**
   * As lm-eval 0.4.13 has it ({@code TemplateLM._encode_pair}): white space at the context's end
   * goes to the continuation; the continuation's tokens are those of both together that come after
   * as many as the context alone has. An empty context is the prefix token.
   */
  @Override
  public TokenPair pair(String context, String continuation) {
    int end = Whitespace.endOf(context);
    String given = context.substring(0, end);
    String whole = context + continuation;
    if (given.isEmpty()) {
      int[] tokens = tokenizer.encode(whole);
      return tokens.length > 1 && tokens[0] == prefix
          ? new TokenPair(new int[] {prefix}, Arrays.copyOfRange(tokens, 1, tokens.length))
          : new TokenPair(new int[] {prefix}, tokens);
    }
    int[] before = encodeOnce(given);
    int[] all = encodeOnce(whole);
    return new TokenPair(
        before, Arrays.copyOfRange(all, Math.min(before.length, all.length), all.length));
  }

  @Override
  public int[] begun(String text) {
    int[] tokens = encodeOnce(text);
    return tokens.length == 0 ? new int[] {prefix} : tokens;
  }

  @Override
  public String written(int... tokens) {
    return tokenizer.decode(tokens);
  }

  @Override
  public List<Integer> endings() {
    return tokenizer.endings();
  }

  /** A text that begins with the prefix token's own text is not given another. */
  private int[] encodeOnce(String text) {
    int[] alone = tokenizer.encode(text);
    return alone.length > 0 && alone[0] == prefix ? alone : tokenizer.encodeWhole(text);
  }

  @Override
  public String text(int... tokens) {
    return tokenizer.text(tokens);
  }

  private int[] prefixed(int[] tokens) {
    int[] prefixed = new int[tokens.length + 1];
    prefixed[0] = prefix;
    System.arraycopy(tokens, 0, prefixed, 1, tokens.length);
    return prefixed;
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
