package org.mergetomix.expert.lora;

import java.util.List;
import java.util.Optional;
import org.mergetomix.pattern.BoundedPattern;

/**
 * A key of {@code rank_pattern} or {@code alpha_pattern} and its value. The key is a regular
 * expression for a module's name, or for the end of it that follows a dot.
 *
 * @param key as it was written
 * @param pattern the same, compiled
 * @param value what the modules have that fit
 */
public record ModulePattern<T>(String key, BoundedPattern pattern, T value) {

  private static final int MAX_KEY = 512;

  /**
   * A pattern.
   *
   * @throws IllegalArgumentException if the key is no regular expression, or too long
   */
  static <T> ModulePattern<T> of(String key, T value) {
    // The limit is the key's own, without what is put around it.
    BoundedPattern.of(key, MAX_KEY);
    String ending = "(.*\\.)?(" + key + ")$";
    return new ModulePattern<>(key, BoundedPattern.of(ending, ending.length()), value);
  }

  /**
   * The value of the first pattern that fits.
   *
   * @throws BoundedPattern.TooLong if a pattern does not come to an end
   */
  static <T> Optional<T> first(List<ModulePattern<T>> patterns, String module) {
    return patterns.stream()
        .filter(candidate -> candidate.pattern.fitsBeginning(module))
        .findFirst()
        .map(ModulePattern::value);
  }
}
