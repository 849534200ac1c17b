package org.mergetomix.data.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.mergetomix.data.conversation.JsonValues;

/** Templates, conversations, and what transformers makes of them. */
record GoldenFolder(Path folder) {

  /** What chat_template_reference.py has for a date. */
  static final LocalDateTime NOW = LocalDateTime.of(2026, 3, 5, 9, 7, 3);

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The names of the templates. */
  List<String> names() {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".jinja"))
          .map(file -> file.replace(".jinja", ""))
          .sorted()
          .toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  ChatTemplate template(String name) {
    try {
      return ChatTemplate.parse(name, Files.readString(folder.resolve(name + ".jinja")));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Every conversation with what is expected of it. */
  List<Golden> cases(String name) {
    JsonNode conversations = read("conversations.json");
    JsonNode expected = read(name + ".golden.json");
    List<Golden> cases = new ArrayList<>();
    for (int i = 0; i < conversations.size(); i++) {
      cases.add(new Golden(conversations.get(i), expected.get(i)));
    }
    return cases;
  }

  private JsonNode read(String file) {
    try {
      return JSON.readTree(Files.readString(folder.resolve(file)));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A conversation and what transformers makes of it. */
  record Golden(JsonNode conversation, JsonNode expected) {

    String name() {
      return conversation.get("name").asText();
    }

    boolean raises() {
      return expected.has("raises");
    }

    Rendering rendering() {
      List<Span> spans = new ArrayList<>();
      expected
          .get("spans")
          .forEach(span -> spans.add(new Span(span.get(0).asInt(), span.get(1).asInt())));
      return new Rendering(expected.get("text").asText(), spans);
    }

    /** The variables that transformers gives to a template. */
    Map<String, Value> variables() {
      Map<String, Value> variables = new LinkedHashMap<>();
      variables.put("tools", Value.None.NONE);
      variables.put("documents", Value.None.NONE);
      variables.put("add_generation_prompt", Value.of(false));
      variables.put("bos_token", Value.of("<s>"));
      variables.put("eos_token", Value.of("</s>"));
      variables.putAll(JsonValues.fields(conversation));
      variables.remove("name");
      List<Value> messages = new ArrayList<>();
      conversation
          .get("messages")
          .forEach(message -> messages.add(Value.Mapping.ofNames(withReasoning(fields(message)))));
      variables.put("messages", Value.Sequence.list(messages));
      return variables;
    }

    private static Map<String, Value> fields(JsonNode message) {
      Map<String, Value> fields = JsonValues.fields(message);
      fields.values().removeIf(value -> value == Value.None.NONE);
      return fields;
    }

    private static Map<String, Value> withReasoning(Map<String, Value> fields) {
      Value reasoning = fields.getOrDefault("reasoning_content", fields.get("reasoning"));
      if (reasoning == null) {
        return fields;
      }
      Map<String, Value> named = new LinkedHashMap<>(Map.of("thinking", reasoning));
      named.putAll(fields);
      named.put("reasoning_content", reasoning);
      return named;
    }
  }
}
