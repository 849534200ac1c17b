package org.mergetomix.folder;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Walks through the tokens of a {@code tokenizer.json} without keeping them. The file is untrusted:
 * it is read strictly and within limits. One thread.
 */
public final class TokenizerTokens {

  /** The file's name in a Hugging Face folder. */
  public static final String FILE = "tokenizer.json";

  /** The most bytes that the file may have. */
  public static final long MAX_BYTES = 200_000_000;

  private static final int MAX_TOKENS = 1 << 24;

  private final Path file;
  private final Consumer<Token> visitor;
  private int count;

  private TokenizerTokens(Path file, Consumer<Token> visitor) {
    this.file = file;
    this.visitor = visitor;
  }

  /**
   * A token.
   *
   * @param text empty where the file gives none
   * @param number its row in the model's tables, from 0
   * @param added what the file says of it, where it was added to the vocabulary
   */
  public record Token(String text, int number, Optional<JsonNode> added) {}

  /**
   * Visits each token in the order of the file; one that was added may come twice.
   *
   * @return one more than the highest number
   * @throws org.mergetomix.problem.UserException if the file is missing or damaged
   */
  public static int read(Path file, Consumer<Token> visitor) {
    TokenizerTokens walk = new TokenizerTokens(file, visitor);
    return JsonDocument.read(file, MAX_BYTES, walk::read);
  }

  /** A token's text, which is written as itself, or in an object. */
  public static Optional<String> content(JsonNode token) {
    JsonNode text = token.isObject() ? token.path("content") : token;
    return text.isTextual() ? Optional.of(text.asText()) : Optional.empty();
  }

  private int read(JsonParser json) throws IOException {
    require(json.nextToken() == JsonToken.START_OBJECT, "is not a JSON object");
    Set<String> seen = new TreeSet<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      require(seen.add(field), "has a field twice");
      JsonToken value = json.nextToken();
      if (field.equals("model") && value == JsonToken.START_OBJECT) {
        readModel(json);
      } else if (field.equals("added_tokens") && value != JsonToken.VALUE_NULL) {
        require(value == JsonToken.START_ARRAY, "lists its added tokens wrongly");
        while (json.nextToken() != JsonToken.END_ARRAY) {
          JsonNode token = JsonDocument.tree(json);
          require(token.path("id").canConvertToInt(), "numbers a token wrongly");
          visit(content(token).orElse(""), token.path("id").asLong(), Optional.of(token));
        }
      } else {
        json.skipChildren();
      }
    }
    require(count > 0, "has no vocabulary");
    return count;
  }

  private void readModel(JsonParser json) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean vocabulary = json.currentName().equals("vocab");
      JsonToken value = json.nextToken();
      if (vocabulary && value == JsonToken.START_OBJECT) {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String text = json.currentName();
          require(json.nextToken() == JsonToken.VALUE_NUMBER_INT, "numbers a token wrongly");
          visit(text, json.getLongValue(), Optional.empty());
        }
      } else if (vocabulary && value == JsonToken.START_ARRAY) {
        // Unigram: pairs of text and score, numbered by their order.
        for (int number = 0; json.nextToken() != JsonToken.END_ARRAY; number++) {
          JsonNode pair = JsonDocument.tree(json);
          visit(content(pair.path(0)).orElse(""), number, Optional.empty());
        }
      } else {
        json.skipChildren();
      }
    }
  }

  private void visit(String text, long number, Optional<JsonNode> added) {
    require(number >= 0 && number < MAX_TOKENS, "numbers a token wrongly");
    count = Math.max(count, (int) number + 1);
    visitor.accept(new Token(text, (int) number, added));
  }

  private void require(boolean right, String otherwise) {
    if (!right) {
      throw JsonDocument.malformed(file, "The tokenizer's file " + otherwise);
    }
  }
}
