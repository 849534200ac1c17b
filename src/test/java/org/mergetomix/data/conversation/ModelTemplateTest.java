package org.mergetomix.data.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.data.conversation.ModelTemplate.SpecialTokens;
import org.mergetomix.data.template.ChatTemplate;
import org.mergetomix.data.template.Rendering;
import org.mergetomix.data.template.Value;
import org.mergetomix.problem.UserException;

class ModelTemplateTest {

  private static final Path TEMPLATES =
      Path.of("src/test/resources/org/mergetomix/data/template/chat");
  private static final LocalDateTime NOW = LocalDateTime.of(2026, 3, 5, 9, 7);
  private static final SpecialTokens TOKENS =
      new SpecialTokens(
          Map.of("bos_token", "<s>", "eos_token", "</s>"),
          Set.of(
              "<|im_end|>",
              "<|eot_id|>",
              "<end_of_turn>",
              "<|end|>",
              "<|end_of_text|>",
              "<|END_OF_TURN_TOKEN|>",
              "<｜end▁of▁sentence｜>",
              "<|user|>"));

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "chatml, <|im_end|>",
    "command-r, <|END_OF_TURN_TOKEN|>",
    "deepseek-r1, <｜end▁of▁sentence｜>",
    "deepseek-v3, <｜end▁of▁sentence｜>",
    "gemma, <end_of_turn>",
    "gemma-3, <end_of_turn>",
    "granite-3, <|end_of_text|>",
    "llama-2, ' </s>'",
    "llama-3, <|eot_id|>",
    "llama-3.1, <|eot_id|>",
    "llama-3.2, <|eot_id|>",
    "mistral-0.1, </s>",
    "mistral-0.3, </s>",
    "mistral-nemo, </s>",
    "olmo-2, </s>",
    "phi-3, <|end|>",
    "phi-3.5, <|end|>",
    "phi-4, <|im_end|>",
    "qwen-2, <|im_end|>",
    "qwen-2.5, <|im_end|>",
    "qwen-3, <|im_end|>",
    "marked-chatml, <|im_end|>",
    "zephyr, </s>"
  })
  void marksEachAnswerWithItsEndOfTurn(String template, String end) {
    Rendering rendering =
        model(template).marked(conversation("q 😀", "Hello 😀", "r", "a{{b}}", "s", "6"), NOW);

    assertThat(spans(rendering)).containsExactly("Hello 😀" + end, "a{{b}}" + end, "6" + end);
  }

  @ParameterizedTest
  @CsvSource({"llama-3, 'x\ny'", "mistral-nemo, ' \n x\ny '", "qwen-3, ' \n x\ny '"})
  void findsAnswersThatAreStripped(String template, String first) {
    Rendering rendering = model(template).marked(conversation("q", " \n x\ny ", "r", "z"), NOW);

    assertThat(spans(rendering)).hasSize(2).first().asString().startsWith(first);
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen-3", "deepseek-r1"})
  void refusesWhereTheTemplateLeavesThoughtsOut(String template) {
    Conversation thoughts = conversation("q", "<think>\nhm\n</think>\n\na", "r", "b");

    assertThat(model(template).text(thoughts, NOW)).doesNotContain("hm");
    assertThatThrownBy(() -> model(template).marked(thoughts, NOW))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("What the assistant wrote cannot be found")
        .hasMessageContaining(template);
  }

  @Test
  void refusesAnswersThatAreNotOnlyText() {
    Map<String, Value> fields = new LinkedHashMap<>(Message.of("assistant", "b").fields());
    fields.put("tool_calls", Value.Sequence.list(List.of()));
    Conversation calls = new Conversation(List.of(Message.of("user", "a"), new Message(fields)));

    assertThatThrownBy(() -> model("chatml").marked(calls, NOW))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("not only a text");
    assertThat(spans(model("marked-chatml").marked(calls, NOW))).containsExactly("b<|im_end|>");
  }

  @Test
  void refusesWhatCouldBeInTwoPlaces() {
    ModelTemplate twice =
        model(ChatTemplate.parse("twice", "{{ messages[1].content }} {{ messages[1].content }}"));
    ModelTemplate never = model(ChatTemplate.parse("never", "{{ messages[0].content }}"));

    for (ModelTemplate template : List.of(twice, never)) {
      assertThatThrownBy(() -> template.marked(conversation("q", "a"), NOW))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("cannot be found");
    }
  }

  @Test
  void doesNotTakeTheStartOfAnotherTurnForAnEnd() {
    ModelTemplate open =
        model(
            ChatTemplate.parse(
                "open", "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}"));

    assertThat(spans(open.marked(conversation("q", "a", "r", "b"), NOW))).containsExactly("a", "b");
  }

  @Test
  void isNotLedAstrayByCharactersForPrivateUse() {
    Rendering rendering =
        model("chatml").marked(conversation("\ue0000\ue000", "\ue000\ue001", "r", "b"), NOW);

    assertThat(spans(rendering)).containsExactly("\ue000\ue001<|im_end|>", "b<|im_end|>");
  }

  @Test
  void marksNothingWithoutAnAssistant() {
    Conversation question = new Conversation(List.of(Message.of("user", "q")));

    assertThat(model("chatml").marked(question, NOW).completions()).isEmpty();
  }

  @Test
  void beginsTheAnswerOfAPrompt() {
    Conversation question = new Conversation(List.of(Message.of("user", "q")));

    assertThat(model("chatml").prompt(question, NOW))
        .isEqualTo(model("chatml").text(question, NOW) + "<|im_start|>assistant\n");
  }

  @Test
  void leavesFieldsOutThatAreNull() {
    Map<String, Value> fields = new LinkedHashMap<>(Message.of("user", "q").fields());
    fields.put("tool_calls", Value.None.NONE);

    assertThat(new Message(fields)).isEqualTo(Message.of("user", "q"));
  }

  @Test
  void refusesMessagesWithoutARole() {
    assertThatThrownBy(() -> new Message(Map.of("content", Value.of("q"))))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("A message has no role");
  }

  @Test
  void prefersTheTemplateThatHasItsOwnFile() throws IOException {
    write("tokenizer_config.json", "{\"chat_template\": \"old\"}");
    assertThat(textOfFolder()).isEqualTo("old");

    write("chat_template.jinja", "new");
    assertThat(textOfFolder()).isEqualTo("new");
  }

  @Test
  void takesTheDefaultOfNamedTemplates() throws IOException {
    write(
        "tokenizer_config.json",
        "{\"chat_template\": [{\"name\": \"tool_use\", \"template\": \"t\"},"
            + "{\"name\": \"default\", \"template\": \"d\"}]}");

    assertThat(textOfFolder()).isEqualTo("d");
  }

  @Test
  void givesTheSpecialTokensThatExist() throws IOException {
    write("chat_template.jinja", "{{ bos_token }}|{{ eos_token }}|{{ pad_token is defined }}");
    write(
        "tokenizer_config.json",
        "{\"bos_token\": {\"content\": \"<b>\", \"special\": true}, \"pad_token\": null}");
    write("special_tokens_map.json", "{\"eos_token\": \"<e>\", \"pad_token\": \"<p>\"}");

    assertThat(textOfFolder()).isEqualTo("<b>|<e>|False");
  }

  @Test
  void findsTheTokensThatEndATurn() throws IOException {
    Files.copy(TEMPLATES.resolve("chatml.jinja"), folder.resolve("chat_template.jinja"));
    write(
        "tokenizer.json",
        "{\"model\": {\"vocab\": {\"a\": [1, {}]}}, \"added_tokens\":"
            + " [{\"content\": \"<|im_end|>\", \"special\": true}, {\"content\": \"\\n\"}]}");

    assertThat(spans(ModelTemplate.read(folder).marked(conversation("q", "a"), NOW)))
        .containsExactly("a<|im_end|>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | The model has no chat template",
        "{\"chat_template\": []} | The model has no chat template",
        "{\"chat_template\": 3} | The model has no chat template",
        "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"t\"}]} | named default",
        "{\"chat_template\": \"{% x %}\"} | The statement {% x %} is not known",
        "{\"chat_template\": | not valid JSON",
        "{} {} | not valid JSON"
      })
  void saysWhatIsWrongWithTheFolder(String config, String message) throws IOException {
    write("tokenizer_config.json", config);

    assertThatThrownBy(() -> ModelTemplate.read(folder))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message)
        .hasMessageContaining(folder.toString());
  }

  private void write(String file, String content) throws IOException {
    Files.writeString(folder.resolve(file), content);
  }

  private String textOfFolder() {
    return ModelTemplate.read(folder).text(conversation("q", "a"), NOW);
  }

  private static ModelTemplate model(String template) {
    try {
      return model(
          ChatTemplate.parse(template, Files.readString(TEMPLATES.resolve(template + ".jinja"))));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static ModelTemplate model(ChatTemplate template) {
    return new ModelTemplate(template, TOKENS);
  }

  /** Questions and answers in turn. */
  private static Conversation conversation(String... contents) {
    List<String> texts = Arrays.asList(contents);
    return new Conversation(
        IntStream.range(0, texts.size())
            .mapToObj(i -> Message.of(i % 2 == 0 ? "user" : "assistant", texts.get(i)))
            .toList());
  }

  private static List<String> spans(Rendering rendering) {
    String text = rendering.text();
    return rendering.completions().stream()
        .map(
            span ->
                text.substring(
                    text.offsetByCodePoints(0, span.start()),
                    text.offsetByCodePoints(0, span.end())))
        .toList();
  }
}
