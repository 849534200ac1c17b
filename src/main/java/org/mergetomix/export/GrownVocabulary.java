package org.mergetomix.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.family.VocabularyTables;
import org.mergetomix.folder.JsonDocument;
import org.mergetomix.folder.TokenizerTokens;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Complaints;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorSpec;

/**
 * A base's vocabulary with the tokens that experts added to theirs, numbered behind its own: the
 * experts' in ascending order, each with its tokens in its own order. Immutable.
 *
 * @param tokens the base's own, which is the number of the first added one
 * @param added what a tokenizer.json says of each, without its number, as JSON
 */
public record GrownVocabulary(int tokens, List<String> added) implements Serializable {

  private static final String CONFIG = "config.json";
  private static final String TOKENIZER_CONFIG = "tokenizer_config.json";
  private static final String DECODER = "added_tokens_decoder";
  private static final String SIZE = "vocab_size";
  private static final long MAX_CONFIG_BYTES = 20_000_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final ObjectMapper PRETTY =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  public GrownVocabulary {
    added = List.copyOf(added);
  }

  /**
   * Compares tokenizers.
   *
   * @param base the base's folder; of it and the others only the tokenizers are read
   * @param experts the experts' folders by the ids of their datasets
   * @throws UserException if one has no tokenizer, has tokens that were not added to it but are
   *     part of its model, or if no expert has a token that the base lacks
   */
  public static GrownVocabulary of(Path base, SortedMap<String, Path> experts) {
    Set<String> known = new HashSet<>();
    int tokens =
        Math.max(
            TokenizerTokens.read(file(base), token -> known.add(token.text())),
            configured(base, known));
    List<String> added = new ArrayList<>();
    Complaints complaints = new Complaints("vocabulary");
    experts.forEach(
        (dataset, folder) -> complaints.gather(() -> addTokens(dataset, folder, known, added)));
    complaints.refuseIfAny();
    if (added.isEmpty()) {
      throw UserException.usage(
          "No expert has a token that the base lacks",
          base.toString(),
          "Nothing is to be written: the base can stay as it is");
    }
    return new GrownVocabulary(tokens, added);
  }

  /** One more than the highest number of the tokens that only the configuration has. */
  private static int configured(Path base, Set<String> known) {
    Path file = base.resolve(TOKENIZER_CONFIG);
    if (!Files.exists(file)) {
      return 0;
    }
    int highest = -1;
    Iterator<Map.Entry<String, JsonNode>> entries =
        JsonDocument.tree(file, MAX_CONFIG_BYTES).path(DECODER).fields();
    while (entries.hasNext()) {
      Map.Entry<String, JsonNode> entry = entries.next();
      TokenizerTokens.content(entry.getValue()).ifPresent(known::add);
      highest = Math.max(highest, number(entry.getKey()));
    }
    return highest + 1;
  }

  private static int number(String text) {
    return text.matches("[0-9]{1,8}") ? Integer.parseInt(text) : -1;
  }

  private static Path file(Path folder) {
    Path file = folder.resolve(TokenizerTokens.FILE);
    if (!Files.exists(file)) {
      throw UserException.input(
          "The folder has no " + TokenizerTokens.FILE,
          folder.toString(),
          "Tokens are told by their texts: save the tokenizer there with save_pretrained");
    }
    return file;
  }

  private static void addTokens(
      String dataset, Path folder, Set<String> known, List<String> added) {
    SortedMap<Integer, ObjectNode> own = new TreeMap<>();
    List<String> inModel = new ArrayList<>();
    TokenizerTokens.read(
        file(folder),
        token -> {
          if (known.contains(token.text())) {
            return;
          }
          Optional<ObjectNode> entry =
              token.added().filter(JsonNode::isObject).map(ObjectNode.class::cast);
          if (entry.isPresent()) {
            ObjectNode before = own.put(token.number(), entry.get().deepCopy().without("id"));
            if (before != null) {
              throw UserException.input(
                  "Two added tokens have the number %s: %s and %s"
                      .formatted(
                          token.number(),
                          TensorNames.shown(TokenizerTokens.content(before).orElse("")),
                          TensorNames.shown(token.text())),
                  folder.toString(),
                  "Save the tokenizer again with save_pretrained");
            }
          } else {
            inModel.add(token.text());
          }
        });
    if (!inModel.isEmpty()) {
      throw UserException.input(
          "The expert of %s has another vocabulary: %s tokens of its model are not in the base's,"
                  .formatted(dataset, inModel.size())
              + " as %s".formatted(TensorNames.shown(inModel.get(0))),
          folder.toString(),
          "Only tokens that were added to the base's tokenizer can be put together");
    }
    own.values()
        .forEach(
            entry -> {
              known.add(TokenizerTokens.content(entry).orElse(""));
              added.add(entry.toString());
            });
  }

  /** The texts of the added tokens, in the order of their numbers. */
  public List<String> texts() {
    return added.stream().map(entry -> TokenizerTokens.content(tree(entry)).orElse("")).toList();
  }

  /** The base's tensors, with rows for all tokens. */
  public SortedMap<String, TensorSpec> grown(SortedMap<String, TensorSpec> base) {
    SortedMap<String, TensorSpec> grown = new TreeMap<>(base);
    grown.replaceAll(
        (name, spec) -> {
          if (!VocabularyTables.include(spec)) {
            return spec;
          }
          List<Long> shape = new ArrayList<>(spec.shape());
          shape.set(0, Math.max(shape.get(0), (long) tokens + added.size()));
          return new TensorSpec(name, spec.dtype(), shape);
        });
    return grown;
  }

  /**
   * Those of the base's files that say how many tokens there are, and which.
   *
   * @param base its folder
   * @param rows that its tables have once they are grown
   * @return texts by file names
   */
  public Map<String, String> files(Path base, long rows) {
    SortedMap<String, String> texts = new TreeMap<>();
    texts.put(TokenizerTokens.FILE, tokenizer(base));
    Path config = base.resolve(CONFIG);
    if (Files.exists(config)) {
      texts.put(CONFIG, config(config, rows));
    }
    Path tokenizerConfig = base.resolve(TOKENIZER_CONFIG);
    if (Files.exists(tokenizerConfig)) {
      texts.put(TOKENIZER_CONFIG, tokenizerConfig(tokenizerConfig));
    }
    return texts;
  }

  private String tokenizer(Path base) {
    JsonNode root = JsonDocument.treeWithLongTexts(file(base), TokenizerTokens.MAX_BYTES);
    ArrayNode entries = ((ObjectNode) root).withArray("/added_tokens");
    forEach(
        (number, entry) -> entries.add(JSON.createObjectNode().put("id", number).setAll(entry)));
    return text(root);
  }

  private String tokenizerConfig(Path file) {
    JsonNode root = JsonDocument.tree(file, MAX_CONFIG_BYTES);
    if (root.path(DECODER) instanceof ObjectNode decoder) {
      forEach((number, entry) -> decoder.set(Integer.toString(number), entry));
    }
    return text(root);
  }

  private static String config(Path file, long rows) {
    JsonNode root = JsonDocument.tree(file, MAX_CONFIG_BYTES);
    JsonNode text = root.has(SIZE) ? root : root.path("text_config");
    if (text instanceof ObjectNode fields && fields.has(SIZE)) {
      fields.put(SIZE, rows);
    }
    return text(root);
  }

  private interface Entry {
    void accept(int number, ObjectNode entry);
  }

  private void forEach(Entry each) {
    for (int i = 0; i < added.size(); i++) {
      each.accept(tokens + i, (ObjectNode) tree(added.get(i)));
    }
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String text(JsonNode root) {
    try {
      return PRETTY.writeValueAsString(root) + "\n";
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
