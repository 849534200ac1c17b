package org.mergetomix.expert.lora;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.mergetomix.folder.JsonDocument;
import org.mergetomix.pattern.BoundedPattern;
import org.mergetomix.tensor.Complaints;
import org.mergetomix.tensor.TensorNames;

/**
 * Reads {@code adapter_config.json}. Every variant that changes the arithmetic and is not built is
 * refused by its name; what only concerns training is passed over.
 */
public final class AdapterConfigReader {

  static final int MAX_RANK = 1 << 16;

  /** Written by a program, a pattern of all modules of a model may be long. */
  private static final int MAX_PATTERN = 10_000;

  private static final String ALL_LINEAR = "all-linear";

  private static final long MAX_BYTES = 10_000_000;
  private static final int DEFAULT_RANK = 8;
  private static final double DEFAULT_ALPHA = 8;

  private static final String MERGE_IT =
      "Merge the adapter into its base with PEFT's merge_and_unload, and give the full checkpoint";

  /** Fields that must be absent, null, false or empty, and what to do when they are not. */
  private static final SortedMap<String, String> VARIANTS =
      new TreeMap<>(
          Map.of(
              "use_dora",
              MERGE_IT,
              "use_qalora",
              MERGE_IT,
              "use_bdlora",
              MERGE_IT,
              "trainable_token_indices",
              MERGE_IT,
              "layer_replication",
              "The adapted model has other layers than the base: it cannot be merged with experts"
                  + " of this base",
              "alora_invocation_tokens",
              "An activated LoRA is not one fixed model: train a plain LoRA",
              "arrow_config",
              "A router over adapters is not one fixed model: give each adapter as its own"
                  + " expert",
              "kasa_config",
              MERGE_IT));

  /** What only concerns training: how factors begin, and how gradients are made. */
  private static final Set<String> OF_TRAINING =
      Set.of(
          "loftq_config",
          "eva_config",
          "corda_config",
          "lora_ga_config",
          "velora_config",
          "monteclora_config",
          "megatron_config",
          "runtime_config",
          "use_rslora");

  /** A parameter of packed experts, or the end of its name. */
  private static final Pattern PACKED =
      Pattern.compile("(?:(?:.*\\.)?experts\\.)?(?:gate_up_proj|down_proj)");

  /** Ways to initialise that leave the base as it is. */
  private static final List<String> PLAIN_STARTS = List.of("gaussian", "eva", "orthogonal", "mica");

  private final Path file;
  private final JsonNode root;
  private final Complaints complaints;

  private AdapterConfigReader(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
    this.complaints = new Complaints(file.toString());
  }

  /**
   * Reads the file.
   *
   * @throws org.mergetomix.problem.UserException with everything that is wrong or not built
   */
  public static AdapterConfig read(Path file) {
    JsonNode root = JsonDocument.tree(file, MAX_BYTES);
    if (!root.isObject()) {
      throw JsonDocument.malformed(file, "The adapter's configuration is not a JSON object");
    }
    AdapterConfigReader reader = new AdapterConfigReader(file, root);
    return reader.config();
  }

  private AdapterConfig config() {
    requireLora();
    VARIANTS.forEach(this::refuseVariant);
    refuseStart();
    refuseUnknownVariants();
    List<String> saved = texts("modules_to_save");
    AdapterConfig config =
        new AdapterConfig(
            (int) positive("r", DEFAULT_RANK),
            number("lora_alpha").orElse(DEFAULT_ALPHA),
            flag("use_rslora") ? AdapterConfig.Scaling.ROOT_OF_RANK : AdapterConfig.Scaling.RANK,
            patterns("rank_pattern", this::rank),
            patterns("alpha_pattern", this::finite),
            flag("fan_in_fan_out")
                ? AdapterConfig.Layout.INPUTS_BY_OUTPUTS
                : AdapterConfig.Layout.OUTPUTS_BY_INPUTS,
            biases(),
            targets(saved),
            parameters(),
            saved,
            buffers(),
            text("base_model_name_or_path").filter(name -> !name.isBlank()));
    complaints.refuseIfAny();
    return config;
  }

  /** Another kind of adapter has other fields, so nothing else is worth saying about it. */
  private void requireLora() {
    JsonNode type = root.path("peft_type");
    if (!type.isTextual() || !type.asText().equals("LORA")) {
      complain(
          type.isTextual()
              ? "The adapter's peft_type is %s, and only LORA can be read"
                  .formatted(TensorNames.shown(type.asText()))
              : "The adapter's configuration has no peft_type",
          MERGE_IT);
      complaints.refuseIfAny();
    }
  }

  private void refuseVariant(String field, String remedy) {
    if (isSet(root.path(field))) {
      complain("The adapter uses %s, which is not supported".formatted(field), remedy);
    }
  }

  private void refuseStart() {
    JsonNode start = root.path("init_lora_weights");
    if (start.isTextual() && !PLAIN_STARTS.contains(start.asText().toLowerCase(Locale.ROOT))) {
      complain(
          "The adapter was initialised with init_lora_weights = %s, which changes the base itself"
              .formatted(TensorNames.shown(start.asText())),
          "Convert it to a plain LoRA with PEFT's path_initial_model_for_weight_conversion, or give"
              + " the full checkpoint");
    } else if (!start.isTextual() && !start.isBoolean() && !start.isMissingNode()) {
      wrong("init_lora_weights", "true, false or a text");
    }
  }

  /** A switch that came after this reader may change the arithmetic, so it is not passed over. */
  private void refuseUnknownVariants() {
    root.fieldNames()
        .forEachRemaining(
            field -> {
              if ((field.startsWith("use_") || field.endsWith("_config"))
                  && !OF_TRAINING.contains(field)
                  && !VARIANTS.containsKey(field)
                  && isSet(root.path(field))) {
                complain(
                    "The adapter uses %s, which is not known here"
                        .formatted(TensorNames.shown(field)),
                    MERGE_IT);
              }
            });
    if (isSet(root.path("lora_bias")) && !root.path("lora_bias").isBoolean()) {
      wrong("lora_bias", "true or false");
    }
  }

  private static boolean isSet(JsonNode value) {
    return switch (value.getNodeType()) {
      case MISSING, NULL -> false;
      case BOOLEAN -> value.asBoolean();
      case ARRAY, OBJECT -> !value.isEmpty();
      default -> true;
    };
  }

  private double positive(String field, int absent) {
    OptionalDouble given = number(field);
    if (given.isPresent() && rank(root.path(field)).isEmpty()) {
      wrong(field, "a whole number from 1 to " + MAX_RANK);
      return absent;
    }
    return given.orElse(absent);
  }

  private OptionalDouble number(String field) {
    JsonNode value = root.path(field);
    if (value.isMissingNode()) {
      return OptionalDouble.empty();
    }
    Optional<Double> number = finite(value);
    if (number.isEmpty()) {
      wrong(field, "a number");
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(number.get());
  }

  private Optional<Integer> rank(JsonNode value) {
    return value.isInt() && value.asInt() >= 1 && value.asInt() <= MAX_RANK
        ? Optional.of(value.asInt())
        : Optional.empty();
  }

  private Optional<Double> finite(JsonNode value) {
    // Beyond float32 the scale would be infinite.
    return value.isNumber() && Float.isFinite(value.floatValue())
        ? Optional.of(value.asDouble())
        : Optional.empty();
  }

  private <T> List<ModulePattern<T>> patterns(
      String field, Function<JsonNode, Optional<T>> convert) {
    JsonNode value = root.path(field);
    List<ModulePattern<T>> patterns = new ArrayList<>();
    if (value.isMissingNode() || value.isNull()) {
      return patterns;
    }
    if (!value.isObject()) {
      wrong(field, "a JSON object");
      return patterns;
    }
    value
        .fields()
        .forEachRemaining(
            entry -> {
              String key = entry.getKey();
              Optional<T> converted = convert.apply(entry.getValue());
              if (converted.isEmpty()) {
                wrong(field, "made of numbers that fit, and of %s is not".formatted(shown(key)));
                return;
              }
              try {
                patterns.add(ModulePattern.of(key, converted.get()));
              } catch (IllegalArgumentException broken) {
                complain(
                    "The key %s of %s is %s".formatted(shown(key), field, broken.getMessage()),
                    "Correct the key, or train the adapter again");
              }
            });
    return patterns;
  }

  private AdapterConfig.Biases biases() {
    return switch (text("bias").orElse("none")) {
      case "none" -> AdapterConfig.Biases.NONE;
      case "all" -> AdapterConfig.Biases.ALL;
      case "lora_only" -> AdapterConfig.Biases.ADAPTED;
      default -> {
        wrong("bias", "none, all or lora_only");
        yield AdapterConfig.Biases.NONE;
      }
    };
  }

  /** What a training leaves in the file beside the factors. */
  private Set<AdapterKey.Part> buffers() {
    Set<AdapterKey.Part> buffers = EnumSet.noneOf(AdapterKey.Part.class);
    if (isSet(root.path("velora_config"))) {
      buffers.add(AdapterKey.Part.VELORA);
    }
    if (isSet(root.path("monteclora_config"))) {
      buffers.add(AdapterKey.Part.MONTECLORA);
    }
    return buffers;
  }

  private TargetModules targets(List<String> saved) {
    return new TargetModules(
        names("target_modules"), names("exclude_modules"), layers(), layerPatterns(), saved);
  }

  /** Of parameters that are no module's weight, those of packed experts are known. */
  private List<String> parameters() {
    List<String> names = texts("target_parameters");
    for (String name : names) {
      if (!PACKED.matcher(name).matches()) {
        complain(
            "The adapter adapts %s by target_parameters, which is no tensor of packed experts"
                .formatted(shown(name)),
            MERGE_IT);
      }
    }
    return names;
  }

  /** A pattern that Java does not know says nothing here, rather than something else. */
  private TargetModules.Names names(String field) {
    JsonNode value = root.path(field);
    if (!value.isTextual()) {
      List<String> names = texts(field);
      return names.isEmpty()
          ? new TargetModules.Unsaid()
          : new TargetModules.Listed(Set.copyOf(names));
    }
    if (value.asText().equalsIgnoreCase(ALL_LINEAR)) {
      return new TargetModules.AllLinear();
    }
    try {
      return new TargetModules.Matching(BoundedPattern.of(value.asText(), MAX_PATTERN));
    } catch (IllegalArgumentException unknown) {
      return new TargetModules.Unsaid();
    }
  }

  private Set<Long> layers() {
    JsonNode value = root.path("layers_to_transform");
    Set<Long> layers = new TreeSet<>();
    if (value.isMissingNode() || value.isNull()) {
      return layers;
    }
    boolean whole = value.isArray() || value.isInt();
    for (JsonNode layer : value.isArray() ? value : List.of(value)) {
      whole &= layer.isInt();
      layers.add(layer.asLong());
    }
    if (!whole) {
      wrong("layers_to_transform", "a whole number or a list of them");
    }
    return layers;
  }

  private List<BoundedPattern> layerPatterns() {
    JsonNode value = root.path("layers_pattern");
    List<BoundedPattern> patterns = new ArrayList<>();
    List<String> names = value.isTextual() ? List.of(value.asText()) : texts("layers_pattern");
    for (String name : names.stream().filter(text -> !text.isEmpty()).toList()) {
      try {
        BoundedPattern.of(name, MAX_PATTERN);
        String number = "(?:^|.*?\\.)" + name + "\\.(?<idx>\\d+)\\.";
        patterns.add(BoundedPattern.of(number, number.length()));
      } catch (IllegalArgumentException broken) {
        wrong("layers_pattern", "made of regular expressions");
      }
    }
    return patterns;
  }

  private List<String> texts(String field) {
    JsonNode value = root.path(field);
    List<String> modules = new ArrayList<>();
    if (value.isMissingNode() || value.isNull()) {
      return modules;
    }
    boolean texts = value.isArray();
    for (JsonNode module : value) {
      texts &= module.isTextual() && !module.asText().isEmpty();
      modules.add(module.asText());
    }
    if (!texts) {
      wrong(field, "a list of names");
    }
    return modules;
  }

  private boolean flag(String field) {
    JsonNode value = root.path(field);
    if (!value.isMissingNode() && !value.isNull() && !value.isBoolean()) {
      wrong(field, "true or false");
    }
    return value.asBoolean(false);
  }

  private Optional<String> text(String field) {
    JsonNode value = root.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      wrong(field, "a text");
      return Optional.empty();
    }
    return Optional.of(value.asText());
  }

  private void wrong(String field, String needed) {
    complain(
        "The adapter's %s must be %s".formatted(field, needed),
        "Write the adapter again with a current PEFT");
  }

  private void complain(String what, String remedy) {
    complaints.add(what, file.toString(), remedy);
  }

  private static String shown(String text) {
    return "\"%s\"".formatted(TensorNames.shown(text));
  }
}
