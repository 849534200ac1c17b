package org.mergetomix.family;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.folder.JsonDocument;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.DType;

/**
 * Reads {@code config.json}, with the keys of transformers 4 and 5. The file is not trusted: it is
 * read strictly and within limits, and what is not known is refused by name.
 */
public final class FamilyReader {

  /** The file's name in a Hugging Face folder. */
  public static final String FILE = "config.json";

  private static final long MAX_BYTES = 10_000_000;

  private static final ObjectReader TREE =
      new ObjectMapper()
          .readerFor(JsonNode.class)
          .with(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

  private static final SortedMap<String, Architecture> BY_MODEL_TYPE = new TreeMap<>();

  static {
    Arrays.stream(LlamaKin.values())
        .forEach(kin -> BY_MODEL_TYPE.put(kin.modelType(), new LlamaFamily(kin)));
    BY_MODEL_TYPE.put("gpt2", new Gpt2Family());
    BY_MODEL_TYPE.put("gpt_neox", new GptNeoXFamily());
  }

  private static final Map<String, Optional<DType>> STORED_TYPES =
      Map.of(
          "", Optional.empty(),
          "auto", Optional.empty(),
          "float32", Optional.of(DType.F32),
          "float16", Optional.of(DType.F16),
          "bfloat16", Optional.of(DType.BF16),
          "torch.float32", Optional.of(DType.F32),
          "torch.float16", Optional.of(DType.F16),
          "torch.bfloat16", Optional.of(DType.BF16));

  private static final List<String> EXPERT_KEYS =
      List.of("num_local_experts", "num_experts", "n_routed_experts", "moe_intermediate_size");

  private static final String OWN_GRAPH =
      "Merging and export work with any architecture; to search with this one, give a TorchScript"
          + " graph of it or an engine of your own";

  private static final String NO_FAMILY =
      "Give the folder that save_pretrained wrote, with its config.json; or give the graph of your"
          + " own model, in TorchScript, as base.model";

  private FamilyReader() {}

  /** The model types that a graph is known for, in ascending order. */
  public static List<String> modelTypes() {
    return List.copyOf(BY_MODEL_TYPE.keySet());
  }

  /**
   * Reads a configuration.
   *
   * @param file the config.json itself
   * @throws UserException if it is missing, damaged, contradicts itself, or describes something
   *     that no graph computes; with all problems at once
   */
  public static Family read(Path file) {
    JsonNode root = JsonDocument.read(file, MAX_BYTES, FamilyReader::tree);
    if (!root.isObject()) {
      throw JsonDocument.malformed(file, "The model's configuration is not a JSON object");
    }
    ConfigFields config = new ConfigFields(root, file.toString());
    refuseQuantised(config);
    refuseExperts(config);
    config.refuseIfOn("is_encoder_decoder");
    config.refuseIfOn("add_cross_attention");
    config.refuseIfOn("use_bidirectional_attention");
    Optional<Architecture> architecture = architecture(config);
    config.refuseIfAny();
    Family family = architecture.orElseThrow().read(config);
    config.refuseIfAny();
    return family;
  }

  /**
   * The family of a base, with the names of its checkpoint.
   *
   * @param base the model's folder
   * @param names every tensor of the checkpoint
   * @throws UserException if nothing says what it is, and as {@link #read}
   */
  public static Family ofBase(Path base, Set<String> names) {
    if (!Files.isDirectory(base)) {
      throw UserException.input(
          "The base is a file, and nothing says which model it belongs to",
          base.toString(),
          NO_FAMILY);
    }
    Path file = base.resolve(FILE);
    if (!Files.exists(file)) {
      throw UserException.input("The base's folder has no " + FILE, base.toString(), NO_FAMILY);
    }
    return read(file).named(names);
  }

  /**
   * The same where it is known; empty for a model that no graph is known for, which can be merged
   * all the same.
   *
   * @throws UserException if the model is quantised, for such weights cannot be merged
   */
  public static Optional<Family> find(Path base, Set<String> names) {
    Path file = base.resolve(FILE);
    if (!Files.isDirectory(base) || !Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(ofBase(base, names));
    } catch (UserException unknown) {
      refuseQuantised(base);
      return Optional.empty();
    }
  }

  /**
   * Refuses a model whose configuration says that it is quantised. Where there is none, or one that
   * cannot be read, nothing is said: merging does not need it.
   *
   * @param model a file or a folder
   * @throws UserException if it is quantised
   */
  public static void refuseQuantised(Path model) {
    Path file = model.resolve(FILE);
    if (!Files.isDirectory(model) || !Files.exists(file)) {
      return;
    }
    JsonNode root;
    try {
      root = JsonDocument.read(file, MAX_BYTES, FamilyReader::tree);
    } catch (UserException damaged) {
      return;
    }
    ConfigFields config = new ConfigFields(root, file.toString());
    refuseQuantised(config);
    config.refuseIfAny();
  }

  private static JsonNode tree(JsonParser json) throws IOException {
    JsonNode root = TREE.readTree(json);
    return root == null ? MissingNode.getInstance() : root;
  }

  private static Optional<Architecture> architecture(ConfigFields config) {
    Optional<String> type = config.text("model_type");
    if (type.isEmpty()) {
      config.complain(
          "model_type", "The configuration does not say its model_type", ConfigFields.DAMAGED);
      return Optional.empty();
    }
    Optional<Architecture> architecture = Optional.ofNullable(BY_MODEL_TYPE.get(type.get()));
    if (architecture.isEmpty()) {
      String own = config.has("auto_map") ? ", and runs code of its own (auto_map)" : "";
      config.complain(
          "model_type",
          "The model_type %s is not known%s".formatted(ConfigFields.shown(type.get()), own),
          "Known: %s. %s".formatted(String.join(", ", modelTypes()), OWN_GRAPH));
    }
    return architecture;
  }

  private static void refuseQuantised(ConfigFields config) {
    for (String key : List.of("quantization_config", "compression_config")) {
      refuseQuantised(config, config, key);
      config.child("text_config").ifPresent(text -> refuseQuantised(config, text, key));
    }
  }

  private static void refuseQuantised(ConfigFields config, ConfigFields within, String key) {
    within
        .child(key)
        .ifPresent(
            quantised -> {
              String method = quantised.text("quant_method").orElse("an unnamed method");
              config.complain(
                  key,
                  "The model is quantised with " + ConfigFields.shown(method),
                  "Give the model as it was before, in float32, float16 or bfloat16: quantised"
                      + " weights can neither be merged nor trained");
            });
  }

  private static void refuseExperts(ConfigFields config) {
    EXPERT_KEYS.stream()
        .filter(config::has)
        .findFirst()
        .ifPresent(
            key ->
                config.complain(
                    key, "The model is a mixture of experts, which no graph computes", OWN_GRAPH));
  }

  /** What the weights are stored in, under the key of transformers 5 or 4. */
  static Optional<DType> storedType(ConfigFields config) {
    String key = config.has("dtype") ? "dtype" : "torch_dtype";
    return config.oneOf(key, "", STORED_TYPES, "type of weights");
  }
}
