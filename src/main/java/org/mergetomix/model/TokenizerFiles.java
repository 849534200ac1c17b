package org.mergetomix.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
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
import org.mergetomix.folder.TokenizerTokens;
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
  public static final String TOKENIZER = TokenizerTokens.FILE;

  private static final String CONFIG = "tokenizer_config.json";
  private static final String MODEL_CONFIG = "config.json";
  private static final String GENERATION_CONFIG = "generation_config.json";
  private static final String SENTENCE_PIECES = "tokenizer.model";
  private static final long MAX_CONFIG_BYTES = 20_000_000;

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
      TokenizerTokens.content(config.path(role)).ifPresent(text -> named.put(role, text));
    }
    Vocabulary vocabulary = new Vocabulary(file, Set.copyOf(named.values()));
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
        folder, vocabulary.count, begin, end, padding, endings(folder, vocabulary, end));
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
        ? JsonDocument.tree(file, MAX_CONFIG_BYTES)
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

  /** The numbers of the tokens that are asked for. */
  private static final class Vocabulary {

    private final Map<String, Integer> numbers = new HashMap<>();
    private final int count;

    Vocabulary(Path file, Set<String> wanted) {
      this.count =
          TokenizerTokens.read(
              file,
              token -> {
                if (wanted.contains(token.text())) {
                  numbers.put(token.text(), token.number());
                }
              });
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
              && number.asInt() < count;
      return known ? OptionalInt.of(number.asInt()) : OptionalInt.empty();
    }
  }
}
