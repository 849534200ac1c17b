package org.mergetomix.data.conversation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mergetomix.data.conversation.ModelTemplate.SpecialTokens;
import org.mergetomix.data.template.ChatTemplate;
import org.mergetomix.folder.Digests;
import org.mergetomix.problem.UserException;

/** The files of a model's folder that say how conversations are rendered. */
final class TemplateFolder {

  private static final String TEMPLATE = "chat_template.jinja";
  private static final String CONFIG = "tokenizer_config.json";
  private static final String TOKENS = "special_tokens_map.json";
  private static final String VOCABULARY = "tokenizer.json";

  /** Of one file, in bytes; vocabularies have some ten millions. */
  private static final long MAX_BYTES = 200_000_000;

  private static final List<String> NAMED =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(32)
                          .maxStringLength(2_000_000)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Path folder;

  TemplateFolder(Path folder) {
    this.folder = folder;
  }

  ModelTemplate read() {
    JsonNode config = json(CONFIG);
    return new ModelTemplate(template(config), tokens(config));
  }

  String identity() {
    StringBuilder identity = new StringBuilder();
    for (String name : List.of(TEMPLATE, CONFIG, TOKENS)) {
      Path file = folder.resolve(name);
      if (Files.exists(file)) {
        identity.append(' ').append(name).append('=').append(Digests.sha256(file));
      }
    }
    return identity.toString();
  }

  private ChatTemplate template(JsonNode config) {
    Path file = folder.resolve(TEMPLATE);
    if (Files.exists(file)) {
      return ChatTemplate.parse(file.toString(), text(file));
    }
    String where = folder.resolve(CONFIG) + ", chat_template";
    JsonNode template = config.path("chat_template");
    if (template.isTextual()) {
      return ChatTemplate.parse(where, template.textValue());
    }
    List<String> names = new ArrayList<>();
    for (JsonNode named : template) {
      String name = named.path("name").asText();
      if (name.equals("default") && named.path("template").isTextual()) {
        return ChatTemplate.parse(where + " default", named.path("template").textValue());
      }
      names.add(name);
    }
    throw UserException.input(
        names.isEmpty()
            ? "The model has no chat template"
            : "None of the model's chat templates is named default, but " + names,
        folder.toString(),
        "Add a file " + TEMPLATE + ", or take a model that was made for conversations");
  }

  private SpecialTokens tokens(JsonNode config) {
    JsonNode map = json(TOKENS);
    Map<String, String> named = new LinkedHashMap<>();
    for (String name : NAMED) {
      JsonNode token = config.has(name) ? config.get(name) : map.path(name);
      content(token).ifPresent(content -> named.put(name, content));
    }
    Set<String> others = new HashSet<>();
    addSpecial(config.path("added_tokens_decoder"), others);
    addSpecial(addedTokens(), others);
    for (JsonNode file : List.of(config, map)) {
      for (String list : List.of("additional_special_tokens", "extra_special_tokens")) {
        file.path(list).forEach(token -> content(token).ifPresent(others::add));
      }
    }
    return new SpecialTokens(named, others);
  }

  private static void addSpecial(JsonNode tokens, Set<String> special) {
    for (JsonNode token : tokens) {
      if (token.path("special").asBoolean()) {
        content(token).ifPresent(special::add);
      }
    }
  }

  /** A token is a text, or an object with that text as its content. */
  private static Optional<String> content(JsonNode token) {
    JsonNode content = token.isObject() ? token.path("content") : token;
    return content.isTextual() ? Optional.of(content.textValue()) : Optional.empty();
  }

  /** The vocabulary's list of added tokens; the rest of that file, which is large, is skipped. */
  private JsonNode addedTokens() {
    Path file = folder.resolve(VOCABULARY);
    if (!Files.exists(file)) {
      return MissingNode.getInstance();
    }
    requireSize(file);
    try (JsonParser json = JSON.createParser(file.toFile())) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        if (name.equals("added_tokens")) {
          return JSON.reader()
              .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
              .readTree(json);
        }
        json.skipChildren();
      }
      return MissingNode.getInstance();
    } catch (JsonProcessingException notJson) {
      throw notJson(file, notJson);
    } catch (IOException failure) {
      throw unreadable(file, failure);
    }
  }

  /** The file's content, or nothing if there is no such file. */
  private JsonNode json(String name) {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      return MissingNode.getInstance();
    }
    try {
      return JSON.readTree(text(file));
    } catch (JsonProcessingException notJson) {
      throw notJson(file, notJson);
    }
  }

  private static String text(Path file) {
    requireSize(file);
    try {
      return Files.readString(file);
    } catch (CharacterCodingException notUtf8) {
      throw UserException.input(
          "The file is not UTF-8", file.toString(), "Download it again", notUtf8);
    } catch (IOException failure) {
      throw unreadable(file, failure);
    }
  }

  private static void requireSize(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw UserException.input(
            "The file has more than " + MAX_BYTES + " bytes",
            file.toString(),
            "Is it the file of a tokenizer?");
      }
    } catch (IOException failure) {
      throw unreadable(file, failure);
    }
  }

  private static UserException notJson(Path file, JsonProcessingException cause) {
    return UserException.input(
        "The file is not valid JSON", file.toString(), "Download it again", cause);
  }

  private static UserException unreadable(Path file, IOException cause) {
    return UserException.input(
        "The file cannot be read", file.toString(), "Is it readable?", cause);
  }
}
