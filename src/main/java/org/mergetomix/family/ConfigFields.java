package org.mergetomix.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.TensorNames;

/**
 * The keys of a configuration, or of an object in it, with what is wrong about them. A value that
 * cannot be used is replaced by one that can, so that reading goes on and everything is told at
 * once. A key that is null counts as absent, as it does for transformers. Not thread-safe.
 */
final class ConfigFields {

  static final String DAMAGED = "Write config.json again as the model's author published it";

  private final JsonNode node;
  private final String file;
  private final String path;
  private final List<Problem> problems;

  ConfigFields(JsonNode root, String file) {
    this(root, file, "", new ArrayList<>());
  }

  private ConfigFields(JsonNode node, String file, String path, List<Problem> problems) {
    this.node = node;
    this.file = file;
    this.path = path;
    this.problems = problems;
  }

  boolean has(String key) {
    return node.hasNonNull(key);
  }

  /** Whether the key stands there as null, which for some keys is not the same as absent. */
  boolean isNull(String key) {
    return node.path(key).isNull();
  }

  /** Whether nothing is wrong so far. */
  boolean isSound() {
    return problems.isEmpty();
  }

  /** A whole number from 1 on that has to be there. */
  long size(String key, long most) {
    if (!has(key)) {
      complain(key, "The key %s is missing".formatted(path + key), DAMAGED);
      return 1;
    }
    return size(key, 1, most);
  }

  /** A whole number from 1 on; {@code missing} where it is absent. */
  long size(String key, long missing, long most) {
    JsonNode value = node.path(key);
    if (!has(key)) {
      return missing;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      wrong(key, "a whole number");
      return missing;
    }
    if (value.asLong() < 1 || value.asLong() > most) {
      wrong(key, "a number from 1 to " + most);
      return missing;
    }
    return value.asLong();
  }

  /** A whole number, maybe negative; {@code missing} where it is absent. */
  long whole(String key, long missing) {
    JsonNode value = node.path(key);
    if (!has(key)) {
      return missing;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      wrong(key, "a whole number");
      return missing;
    }
    return value.asLong();
  }

  /** A positive number; {@code missing} where it is absent. */
  double positive(String key, double missing) {
    return positive(key).orElse(missing);
  }

  /** A positive number; empty where it is absent. */
  Optional<Double> positive(String key) {
    JsonNode value = node.path(key);
    if (!has(key)) {
      return Optional.empty();
    }
    // Beyond float32 the graph would compute with an infinity, or with zero.
    if (!value.isNumber() || !Float.isFinite(value.floatValue()) || value.floatValue() <= 0) {
      wrong(key, "a positive number");
      return Optional.empty();
    }
    return Optional.of(value.asDouble());
  }

  /** A positive number that has to be there. */
  double requiredPositive(String key) {
    if (!has(key)) {
      complain(key, "The key %s is missing".formatted(path + key), DAMAGED);
    }
    return positive(key, 1);
  }

  /** As many positive numbers as {@code count}; ones where something is wrong. */
  List<Double> positives(String key, int count) {
    List<Double> numbers = new ArrayList<>();
    for (JsonNode value : node.path(key)) {
      if (value.isNumber() && Float.isFinite(value.floatValue()) && value.floatValue() > 0) {
        numbers.add(value.asDouble());
      }
    }
    if (!node.path(key).isArray() || node.path(key).size() != count || numbers.size() != count) {
      wrong(key, "a list of %s positive numbers".formatted(count));
      return Collections.nCopies(count, 1.0);
    }
    return numbers;
  }

  /** Whole numbers from 0 on; empty where the key is absent. */
  Optional<List<Long>> wholes(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    List<Long> numbers = new ArrayList<>();
    for (JsonNode value : node.path(key)) {
      numbers.add(value.isInt() ? value.asLong() : -1);
    }
    if (!node.path(key).isArray() || numbers.stream().anyMatch(number -> number < 0)) {
      wrong(key, "a list of whole numbers");
      return Optional.empty();
    }
    return Optional.of(numbers);
  }

  /** Texts; empty where the key is absent. */
  Optional<List<String>> texts(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode value : node.path(key)) {
      texts.add(value.isTextual() ? value.asText() : "");
    }
    if (!node.path(key).isArray() || texts.contains("")) {
      wrong(key, "a list of texts");
      return Optional.empty();
    }
    return Optional.of(texts);
  }

  /** A switch that is off where it is absent. */
  boolean isOn(String key) {
    return flag(key).orElse(false);
  }

  /** A switch that is on where it is absent. */
  boolean isOnUnlessOff(String key) {
    return flag(key).orElse(true);
  }

  private Optional<Boolean> flag(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    if (!node.path(key).isBoolean()) {
      wrong(key, "true or false");
      return Optional.empty();
    }
    return Optional.of(node.path(key).asBoolean());
  }

  /** A text; empty where it is absent. */
  Optional<String> text(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    if (!node.path(key).isTextual()) {
      wrong(key, "a text");
      return Optional.empty();
    }
    return Optional.of(node.path(key).asText());
  }

  /**
   * What a text stands for; {@code missing} is the text where it is absent, and what is used
   * instead of one that is not known.
   *
   * @param what the kind of thing that is chosen, for the message
   */
  <T> T oneOf(String key, String missing, Map<String, T> known, String what) {
    String text = text(key).orElse(missing);
    if (!known.containsKey(text)) {
      complain(
          key,
          "The %s %s is not known".formatted(what, shown(text)),
          "Known: " + String.join(", ", new TreeSet<>(known.keySet())));
      return known.get(missing);
    }
    return known.get(text);
  }

  /** An object below this one; empty where it is absent. */
  Optional<ConfigFields> child(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    if (!node.path(key).isObject()) {
      wrong(key, "an object");
      return Optional.empty();
    }
    return Optional.of(new ConfigFields(node.path(key), file, path + key + ".", problems));
  }

  /** An object without keys, whose complaints are these ones'. */
  ConfigFields empty() {
    return new ConfigFields(JsonNodeFactory.instance.objectNode(), file, path, problems);
  }

  /** Refuses a switch that, when it is on, changes what is computed in a way that is not built. */
  void refuseIfOn(String key) {
    if (isOn(key)) {
      complain(
          key,
          "The model uses %s, which is not supported".formatted(path + key),
          "Merging and export still work; searching with the built-in engine does not");
    }
  }

  void complain(String key, String what, String remedy) {
    problems.add(new Problem(what, "%s, key %s".formatted(file, path + key), remedy));
  }

  private void wrong(String key, String needed) {
    complain(key, "The key %s must be %s".formatted(path + key, needed), DAMAGED);
  }

  void refuseIfAny() {
    UserException.inputIfAny(problems);
  }

  static String shown(String text) {
    return "\"%s\"".formatted(TensorNames.shown(text));
  }
}
