package org.mergetomix.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.DoublePredicate;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/**
 * The parameters given for a method, handed out one by one. What is not asked for does not belong
 * to the method, and is refused in the end with everything else that is wrong. One thread.
 */
final class MethodParameters {

  private final String method;
  private final SortedMap<String, String> left;
  private final SortedMap<String, String> used = new TreeMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private final long seed;

  MethodParameters(String method, Map<String, String> given, long seed) {
    this.method = method;
    this.left = new TreeMap<>(given);
    this.seed = seed;
  }

  Mode mode() {
    return switch (choice("mode", "paper", "mergekit")) {
      case "mergekit" -> Mode.MERGEKIT;
      default -> Mode.PAPER;
    };
  }

  /** The default that belongs to the mode. */
  double byMode(double paper, double mergekit) {
    return mode() == Mode.PAPER ? paper : mergekit;
  }

  double density(double otherwise) {
    return number("density", otherwise, "above 0 and at most 1", d -> d > 0 && d <= 1);
  }

  double lambda(double otherwise) {
    return number("lambda", otherwise, "a finite number", lambda -> true);
  }

  double epsilon() {
    return number("epsilon", 0.15, "from 0 to 0.5", e -> e >= 0 && e <= 0.5);
  }

  double gamma() {
    return number("gamma", 0.01, "at least 0 and below 1", g -> g >= 0 && g < 1);
  }

  double selectTopK(double otherwise) {
    return number("select-top-k", otherwise, "above 0 and at most 1", k -> k > 0 && k <= 1);
  }

  long seed() {
    used.put("seed", Long.toString(seed));
    return seed;
  }

  LayerScaling scaling() {
    if (choice("lines.scaling", "none", "linear").equals("none")) {
      used.remove("lines.scaling");
      return new Unscaled();
    }
    return new Lines(
        number("lines.alpha", Double.NaN, "at least 0", alpha -> alpha >= 0),
        number("lines.beta", Double.NaN, "a finite number", beta -> true));
  }

  /**
   * Everything was asked for.
   *
   * @return what was, with its value
   * @throws UserException if any of it is wrong or left over
   */
  SortedMap<String, String> close() {
    left.forEach(
        (key, value) ->
            problems.add(
                new Problem(
                    "merge.%s = %s has no effect with the method %s"
                        .formatted(key, value, effective(key)),
                    "merge." + key,
                    "Leave it out")));
    if (!problems.isEmpty()) {
      throw UserException.usage(problems);
    }
    return used;
  }

  private String effective(String key) {
    return key.startsWith("lines.") ? method + " while lines.scaling is none" : method;
  }

  /** The first choice is the default. */
  private String choice(String key, String... choices) {
    String given = Optional.ofNullable(left.remove(key)).orElse(used.getOrDefault(key, choices[0]));
    String value = given.toLowerCase(Locale.ROOT);
    if (!List.of(choices).contains(value)) {
      refuse(key, given, "one of " + String.join(", ", choices));
      return choices[0];
    }
    used.put(key, value);
    return value;
  }

  private double number(String key, double otherwise, String range, DoublePredicate allowed) {
    Optional<String> given = Optional.ofNullable(left.remove(key));
    double value = given.map(MethodParameters::parse).orElse(otherwise);
    if (given.isPresent() && !(Double.isFinite(value) && allowed.test(value))) {
      refuse(key, given.get(), range);
    }
    used.put(key, Double.isNaN(value) ? "auto" : Double.toString(value));
    return value;
  }

  private static double parse(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException notNumber) {
      return Double.NaN;
    }
  }

  private void refuse(String key, String given, String range) {
    problems.add(
        new Problem(
            "merge.%s must be %s, not %s".formatted(key, range, given), "merge." + key, ""));
  }
}
