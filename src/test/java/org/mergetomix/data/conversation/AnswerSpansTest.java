package org.mergetomix.data.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.mergetomix.data.conversation.ModelTemplate.SpecialTokens;
import org.mergetomix.data.template.ChatTemplate;
import org.mergetomix.data.template.Span;
import org.mergetomix.problem.UserException;

/**
 * What is found of the assistant's in templates that do not mark it is what transformers finds when
 * they do. chat_template_reference.py put the marks in, and made spans.json.
 */
class AnswerSpansTest {

  private static final Path FOLDER =
      Path.of("src/test/resources/org/mergetomix/data/template/chat");

  private static final LocalDateTime NOW = LocalDateTime.of(2026, 3, 5, 9, 7, 3);

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
              "<｜end▁of▁sentence｜>"));

  @Test
  void findsWhatTransformersMarks() throws IOException {
    JsonNode expected = read("spans.json");
    SortedSet<String> refused = new TreeSet<>();
    int compared = 0;
    for (Map.Entry<String, JsonNode> template : expected.properties()) {
      String text = Files.readString(FOLDER.resolve(template.getKey() + ".jinja"));
      ModelTemplate model = new ModelTemplate(ChatTemplate.parse(template.getKey(), text), TOKENS);
      for (JsonNode conversation : read("conversations.json")) {
        JsonNode spans = template.getValue().get(conversation.get("name").textValue());
        if (spans == null) {
          continue;
        }
        try {
          assertThat(model.marked(conversation(conversation), NOW).completions())
              .as("%s: %s", template.getKey(), conversation.get("name"))
              .isEqualTo(spans(spans));
          compared++;
        } catch (UserException notFound) {
          refused.add(conversation.get("name").textValue());
        }
      }
    }

    assertThat(expected).hasSize(24);
    assertThat(compared).isEqualTo(714);
    assertThat(refused)
        .as("what is more than a text, and thoughts that a template may take out")
        .containsExactly(
            "picture",
            "reasoning by another name",
            "reasoning field",
            "thoughts",
            "thoughts in two turns",
            "tool call",
            "tool call as text",
            "tool call without content",
            "two tool calls");
  }

  private static Conversation conversation(JsonNode json) {
    List<Message> messages = new ArrayList<>();
    json.get("messages").forEach(message -> messages.add(new Message(JsonValues.fields(message))));
    return new Conversation(messages);
  }

  private static List<Span> spans(JsonNode json) {
    List<Span> spans = new ArrayList<>();
    json.forEach(span -> spans.add(new Span(span.get(0).intValue(), span.get(1).intValue())));
    return spans;
  }

  private static JsonNode read(String file) throws IOException {
    return new ObjectMapper().readTree(Files.readString(FOLDER.resolve(file)));
  }
}
