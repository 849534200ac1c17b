package org.mergetomix.expert.lora;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mergetomix.pattern.BoundedPattern;

/**
 * Which modules of a model have factors, expanded as PEFT does it when it builds the adapted model
 * ({@code check_target_module_exists} and {@code _maybe_include_all_linear_layers} of PEFT 0.21.2).
 *
 * @param included what {@code target_modules} says
 * @param excluded what {@code exclude_modules} says
 * @param layers the numbers of the layers of {@code layers_to_transform}; empty for all
 * @param layerPatterns what stands before a layer's number in a name, as regular expressions; empty
 *     for the first number
 * @param saved the names of {@code modules_to_save}, which never have factors
 */
public record TargetModules(
    Names included,
    Names excluded,
    Set<Long> layers,
    List<BoundedPattern> layerPatterns,
    List<String> saved) {

  /** The first number in a name, which is a layer's, and not that of an expert further in. */
  private static final BoundedPattern FIRST_NUMBER =
      new BoundedPattern(Pattern.compile(".*?\\.[^.]*\\.(?<idx>\\d+)\\."));

  public TargetModules {
    layers = Set.copyOf(layers);
    layerPatterns = List.copyOf(layerPatterns);
    saved = List.copyOf(saved);
  }

  /** How modules are named. */
  public sealed interface Names {}

  /** By whole names, or what follows a dot in them. */
  public record Listed(Set<String> names) implements Names {

    public Listed {
      names = Set.copyOf(names);
    }

    boolean exactly(String module) {
      return names.contains(module);
    }

    boolean byEnding(String module) {
      return names.stream().anyMatch(name -> module.endsWith("." + name));
    }
  }

  /** By a regular expression for the whole name. */
  public record Matching(BoundedPattern pattern) implements Names {}

  /** All linear layers but the output. */
  public record AllLinear() implements Names {}

  /** Nothing is said, or what cannot be expanded here. */
  public record Unsaid() implements Names {}

  /** Whether nothing more is known than what the file holds. */
  public boolean unsaid() {
    return included instanceof Unsaid;
  }

  /**
   * Whether a module has factors.
   *
   * @param module its name in the model
   * @param linear whether it is a linear layer but not the output; empty where that is not known
   * @return empty where it cannot be told
   */
  public Optional<Boolean> include(String module, Optional<Boolean> linear) {
    if (names(excluded, module) || saved.stream().anyMatch(name -> within(name, module))) {
      return Optional.of(false);
    }
    if (included instanceof AllLinear) {
      return linear;
    }
    return unsaid() ? Optional.empty() : Optional.of(named(module));
  }

  private boolean named(String module) {
    if (included instanceof Listed listed) {
      return listed.exactly(module)
          || (listed.byEnding(module) && (layers.isEmpty() || layers.contains(layer(module))));
    }
    return names(included, module);
  }

  private static boolean names(Names names, String module) {
    if (names instanceof Listed listed) {
      return listed.exactly(module) || listed.byEnding(module);
    }
    return names instanceof Matching matching && matching.pattern().fits(module);
  }

  /** The number of a module's layer; -1 outside of layers. */
  private long layer(String module) {
    List<BoundedPattern> patterns = layerPatterns.isEmpty() ? List.of(FIRST_NUMBER) : layerPatterns;
    for (BoundedPattern pattern : patterns) {
      Optional<String> digits = pattern.ask(module, TargetModules::index);
      if (digits.isPresent()) {
        return digits.get().length() > 9 ? -1 : Long.parseLong(digits.get());
      }
    }
    return -1;
  }

  private static Optional<String> index(Matcher matcher) {
    return matcher.lookingAt() ? Optional.of(matcher.group("idx")) : Optional.empty();
  }

  /** Whether a module is a saved one, or lies in one. */
  private static boolean within(String saved, String module) {
    return ("." + module + ".").contains("." + saved + ".");
  }
}
