package org.mergetomix.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.data.DataRows.Placed;
import org.mergetomix.data.Example;
import org.mergetomix.data.RowPlace;
import org.mergetomix.data.conversation.Conversation;
import org.mergetomix.data.conversation.Message;
import org.mergetomix.problem.UserException;

/** What of an example is trained on, and how choices are split, with a byte-level tokenizer. */
class ModelTokenizerTest {

  private static final Path TOKENIZER =
      Path.of("src/test/resources/org/mergetomix/model/tokenizers/byte-level");

  private static final int CONTEXT = 512;

  @TempDir private Path folder;
  private Tokenizer tokenizer;

  @BeforeEach
  void open() throws IOException {
    for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
      Files.copy(TOKENIZER.resolve(file), folder.resolve(file));
    }
    tokenizer = ModelTokenizer.open(folder);
  }

  @AfterEach
  void close() {
    tokenizer.close();
  }

  private void giveTemplate() throws IOException {
    Files.writeString(
        folder.resolve("chat_template.jinja"),
        "{% for m in messages %}<|bos|>{{ m.role }}\n{{ m.content }}<|end|>\n{% endfor %}");
  }

  @Test
  void trainsOnACompletionAndTheEnd() {
    List<TokenWindow> windows = trained(new Example.Completion("Quick é🙂", " brown dog"), CONTEXT);

    assertThat(seen(windows)).isEqualTo("<|bos|>Quick é🙂 brown dog<|end|>");
    assertThat(asked(windows)).isEqualTo(" brown dog<|end|>");
  }

  @Test
  void trainsOnWhatTheAssistantWroteAndTheEndOfItsTurns() throws IOException {
    giveTemplate();
    Example dialogue =
        dialogue(
            Message.of("user", "Quick?"),
            Message.of("assistant", "naïve fox"),
            Message.of("user", "naïve fox"),
            Message.of("assistant", "dog"));

    assertThat(asked(trained(dialogue, CONTEXT))).isEqualTo("naïve fox<|end|>dog<|end|>");
    assertThat(asked(trained(dialogue, 7)))
        .as("nothing is lost in windows")
        .isEqualTo("naïve fox<|end|>dog<|end|>");
    assertThat(trained(dialogue, 7)).allMatch(window -> window.length() <= 7);
  }

  @Test
  void trainsOnAllWhereTheAssistantWroteNothing() throws IOException {
    giveTemplate();

    assertThat(asked(trained(dialogue(Message.of("user", "Quick?")), CONTEXT)))
        .isEqualTo("user\nQuick?<|end|>\n");
  }

  @Test
  void saysWhichConversationCannotBeRendered() throws IOException {
    Example dialogue = dialogue(Message.of("user", "Quick?"));

    assertThatThrownBy(() -> trained(dialogue, CONTEXT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("at es.jsonl:7");
    Files.writeString(
        folder.resolve("chat_template.jinja"), "{{ raise_exception('roles must alternate') }}");
    assertThatThrownBy(() -> trained(dialogue, CONTEXT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("roles must alternate")
        .hasMessageContaining("at es.jsonl:7");
  }

  @Test
  void scoresACompletionAfterItsPrompt() {
    List<TokenWindow> windows =
        tokenizer.scored(0, placed(new Example.Completion("the fox ", "dog")), CONTEXT);

    assertThat(seen(windows)).isEqualTo("<|bos|>the fox dog");
    assertThat(asked(windows)).as("white space goes to what follows it").isEqualTo(" dog");
  }

  @Test
  void splitsContextsAsLmEvalDoes() {
    for (String context : List.of("", " \n", "<|bos|>")) {
      Tokenizer.TokenPair pair = tokenizer.pair(context, "fox");
      assertThat(text(pair.given())).as(context).isEqualTo("<|bos|>");
      assertThat(text(pair.continuation()))
          .isEqualTo(context.strip().isEmpty() ? context + "fox" : "fox");
    }
    assertThat(text(tokenizer.pair("the fox \n", "dog").given())).isEqualTo("<|bos|>the fox");
  }

  @Test
  void keepsTheEndOfAContextThatIsTooLong() {
    int[] given = {1, 2, 3, 4, 5};

    List<TokenWindow> fits = TokenWindow.continuation(0, given, new int[] {6, 7}, 4);
    assertThat(fits).hasSize(1);
    assertThat(fits.get(0).given()).containsExactly(3, 4, 5);
    assertThat(fits.get(0).continuation()).containsExactly(6, 7);
    List<TokenWindow> cut = TokenWindow.continuation(0, given, new int[] {6, 7, 8, 9}, 3);
    assertThat(cut.stream().mapToInt(TokenWindow::asked).sum()).isEqualTo(4);
    assertThat(cut).allMatch(window -> window.length() <= 3);
  }

  private List<TokenWindow> trained(Example example, int context) {
    return tokenizer.trained(0, placed(example), context);
  }

  private static Example dialogue(Message... messages) {
    return new Example.Dialogue(new Conversation(List.of(messages)));
  }

  private static Placed<Example> placed(Example example) {
    return new Placed<>(new RowPlace("es.jsonl", RowPlace.Unit.LINE, 7), example);
  }

  private String asked(List<TokenWindow> windows) {
    List<Integer> asked = new ArrayList<>();
    for (TokenWindow window : windows) {
      for (int position = 0; position < window.length(); position++) {
        if (window.asks(position)) {
          asked.add(window.target(position));
        }
      }
    }
    return text(asked.stream().mapToInt(Integer::intValue).toArray());
  }

  private String seen(List<TokenWindow> windows) {
    TokenWindow window = windows.get(0);
    int[] tokens = new int[window.length() + 1];
    tokens[0] = window.input(0);
    for (int position = 0; position < window.length(); position++) {
      tokens[position + 1] = window.target(position);
    }
    return text(tokens);
  }

  /** Bytes of one character are tokens of their own, so that all are decoded together. */
  private String text(int[] tokens) {
    return tokenizer.text(tokens);
  }
}
