package org.mergetomix.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.mergetomix.folder.Digests;
import org.mergetomix.folder.JsonDocument;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/**
 * What a folder's tokenizer files say about the vocabulary. Read before the native library sees
 * them, strictly and within limits.
 *
 * @param folder where they lie
 * @param vocabulary one more than the highest token's number
 * @param begin the token that begins a text, if there is one
 * @param end the token that ends a text, if there is one
 * @param padding the token that fills up, if there is one
 * @param endings every token behind which a text that the model writes ends, ascending: the one
 *     that ends a text, and as transformers has it those of the model's generation_config.json, or
 *     else of its config.json
 */
public record TokenizerFiles(
    Path folder,
    int vocabulary,
    OptionalInt begin,
    OptionalInt end,
    OptionalInt padding,
    List<Integer> endings) {

  /** The file's name in a Hugging Face folder. */
  public static final String TOKENIZER = "tokenizer.json";

  private static final String CONFIG = "tokenizer_config.json";
  private static final String MODEL_CONFIG = "config.json";
  private static final String GENERATION_CONFIG = "generation_config.json";
  private static final String SENTENCE_PIECES = "tokenizer.model";
  private static final long MAX_BYTES = 200_000_000;
  private static final long MAX_CONFIG_BYTES = 20_000_000;
  private static final int MAX_VOCABULARY = 1 << 24;

  private static final ObjectReader TREE =
      new ObjectMapper()
          .readerFor(JsonNode.class)
          .with(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

  /**
   * Reads the files of a folder, without the native library.
   *
   * @throws UserException if there is no tokenizer.json, or a damaged one
   */
  public static TokenizerFiles read(Path folder) {
    Path file = folder.resolve(TOKENIZER);
    if (!Files.exists(file)) {
      throw missing(folder);
    }
    JsonNode config = optional(folder.resolve(CONFIG));
    Map<String, String> named = new HashMap<>();
    for (String role : Set.of("bos_token", "eos_token", "pad_token")) {
      content(config.path(role)).ifPresent(text -> named.put(role, text));
    }
    Vocabulary vocabulary = new Vocabulary(file, Set.copyOf(named.values()));
    JsonDocument.read(file, MAX_BYTES, vocabulary::read);
    OptionalInt begin = vocabulary.number(named.get("bos_token"));
    OptionalInt end = vocabulary.number(named.get("eos_token"));
    if (begin.isEmpty() && end.isEmpty()) {
      // The hub's GPT-2 leaves them to the tokenizer's class; its model has the same.
      JsonNode model = optional(folder.resolve(MODEL_CONFIG));
      begin = vocabulary.known(model.path("bos_token_id"));
      end = vocabulary.known(model.path("eos_token_id"));
    }
    OptionalInt padding = vocabulary.number(named.get("pad_token"));
    return new TokenizerFiles(
        folder, vocabulary.highest + 1, begin, end, padding, endings(folder, vocabulary, end));
  }

  private static List<Integer> endings(Path folder, Vocabulary vocabulary, OptionalInt end) {
    NavigableSet<Integer> endings = new TreeSet<>();
    end.ifPresent(endings::add);
    Path generation = folder.resolve(GENERATION_CONFIG);
    Path config = Files.exists(generation) ? generation : folder.resolve(MODEL_CONFIG);
    JsonNode named = optional(config).path("eos_token_id");
    for (JsonNode token : named.isArray() ? named : List.of(named)) {
      vocabulary.known(token).ifPresent(endings::add);
    }
    return List.copyOf(endings);
  }

  private static JsonNode optional(Path file) {
    return Files.exists(file)
        ? JsonDocument.read(file, MAX_CONFIG_BYTES, TokenizerFiles::tree)
        : MissingNode.getInstance();
  }

  /**
   * The token before a text that is scored, as lm-eval chooses it: the one that begins a text,
   * otherwise the one that ends it.
   *
   * @throws UserException if there is neither
   */
  public int prefix() {
    if (begin.isEmpty() && end.isEmpty()) {
      throw UserException.input(
          "The tokenizer has no token that begins or ends a text, and scoring needs one",
          folder.resolve(CONFIG).toString(),
          "Give bos_token or eos_token there, as the model's author published it");
    }
    return begin.orElseGet(end::getAsInt);
  }

  /**
   * Everything that decides tokens: a digest of tokenizer.json, the prefix and padding, and the
   * endings where there are other ones than the tokenizer's own.
   */
  public String identity() {
    String others =
        endings.equals(end.stream().boxed().toList()) ? "" : " endings=%s".formatted(endings);
    return "%s prefix=%s padding=%s"
            .formatted(
                Digests.sha256(folder.resolve(TOKENIZER)), prefix(), padding.orElse(prefix()))
        + others;
  }

  /**
   * What is wrong with giving this tokenizer's tokens to a model. A model may know more tokens than
   * the tokenizer has: its vocabulary is often rounded up.
   *
   * @param modelVocabulary how many tokens the model knows
   */
  public Optional<Problem> mismatch(long modelVocabulary) {
    if (vocabulary <= modelVocabulary) {
      return Optional.empty();
    }
    return Optional.of(
        new Problem(
            "The tokenizer has tokens up to %s, but the model's vocabulary ends at %s"
                .formatted(vocabulary - 1, modelVocabulary - 1),
            folder.resolve(TOKENIZER).toString(),
            "Give the tokenizer that the model was trained with"));
  }

  private static UserException missing(Path folder) {
    boolean convertible = Files.exists(folder.resolve(SENTENCE_PIECES));
    return UserException.input(
        convertible
            ? "The folder has %s but no %s".formatted(SENTENCE_PIECES, TOKENIZER)
            : "The folder has no " + TOKENIZER,
        folder.toString(),
        convertible
            ? "Convert it with transformers: AutoTokenizer.from_pretrained(folder)"
                + ".save_pretrained(folder)"
            : "Give the folder that save_pretrained of model and tokenizer wrote");
  }

  private static JsonNode tree(JsonParser json) throws IOException {
    JsonNode root = TREE.readTree(json);
    return root == null ? MissingNode.getInstance() : root;
  }

  /** A token is written as its text, or as an object that has it. */
  private static Optional<String> content(JsonNode token) {
    JsonNode text = token.isObject() ? token.path("content") : token;
    return text.isTextual() ? Optional.of(text.asText()) : Optional.empty();
  }

  /** Walks through the large file without keeping more than what is asked for. */
  private static final class Vocabulary {

    private final Path file;
    private final Set<String> wanted;
    private final Map<String, Integer> numbers = new HashMap<>();
    private int highest = -1;

    Vocabulary(Path file, Set<String> wanted) {
      this.file = file;
      this.wanted = wanted;
    }

    OptionalInt number(String text) {
      Integer number = numbers.get(text);
      return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /** A token that is given by its number, if there is such a one. */
    OptionalInt known(JsonNode number) {
      boolean known =
          number.isIntegralNumber()
              && number.canConvertToInt()
              && number.asInt() >= 0
              && number.asInt() <= highest;
      return known ? OptionalInt.of(number.asInt()) : OptionalInt.empty();
    }

    Vocabulary read(JsonParser json) throws IOException {
      require(json.nextToken() == JsonToken.START_OBJECT, "is not a JSON object");
      Set<String> seen = new TreeSet<>();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        require(seen.add(field), "has a field twice");
        JsonToken value = json.nextToken();
        if (field.equals("model") && value == JsonToken.START_OBJECT) {
          readModel(json);
        } else if (field.equals("added_tokens") && value == JsonToken.START_ARRAY) {
          while (json.nextToken() != JsonToken.END_ARRAY) {
            JsonNode token = tree(json);
            add(content(token).orElse(""), token.path("id"));
          }
        } else {
          json.skipChildren();
        }
      }
      require(highest >= 0, "has no vocabulary");
      return this;
    }

    private void readModel(JsonParser json) throws IOException {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean vocabulary = json.currentName().equals("vocab");
        JsonToken value = json.nextToken();
        if (vocabulary && value == JsonToken.START_OBJECT) {
          while (json.nextToken() == JsonToken.FIELD_NAME) {
            String text = json.currentName();
            require(json.nextToken() == JsonToken.VALUE_NUMBER_INT, "numbers a token wrongly");
            add(text, json.getLongValue());
          }
        } else if (vocabulary && value == JsonToken.START_ARRAY) {
          // Unigram: pairs of text and score, numbered by their order.
          for (int number = 0; json.nextToken() != JsonToken.END_ARRAY; number++) {
            add(content(tree(json).path(0)).orElse(""), number);
          }
        } else {
          json.skipChildren();
        }
      }
    }

    private void add(String text, JsonNode number) {
      require(number.canConvertToInt(), "numbers a token wrongly");
      add(text, number.asLong());
    }

    private void add(String text, long number) {
      require(number >= 0 && number < MAX_VOCABULARY, "numbers a token wrongly");
      highest = Math.max(highest, (int) number);
      if (wanted.contains(text)) {
        numbers.put(text, (int) number);
      }
    }

    private void require(boolean right, String otherwise) {
      if (!right) {
        throw JsonDocument.malformed(file, "The tokenizer's file " + otherwise);
      }
    }
  }
}
