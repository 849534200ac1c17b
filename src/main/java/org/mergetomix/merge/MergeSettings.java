package org.mergetomix.merge;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.merge.combine.Mode;

/**
 * What was said about how to merge; the rest is left to the method. Immutable.
 *
 * @param method the method
 * @param mode whose definition of it is meant; empty for {@link Mode#PAPER}, and for a method that
 *     has no modes
 * @param layers how the merged delta is scaled layer by layer
 * @param numbers the parameters that were given, each of which the method or the scaling heeds
 */
public record MergeSettings(
    Method method,
    Optional<Mode> mode,
    Lines.Scaling layers,
    SortedMap<Parameter, Double> numbers) {

  /** What stands for a value that is left to the method. */
  public static final String AUTO = "auto";

  /**
   * Copies the numbers.
   *
   * @throws IllegalArgumentException if something has no effect, or is out of its range; who reads
   *     settings refuses that before, with the place where it stands
   */
  public MergeSettings {
    numbers = Collections.unmodifiableSortedMap(new TreeMap<>(numbers));
    if (mode.isPresent() && !method.hasModes()) {
      throw new IllegalArgumentException(method.key() + " has no modes");
    }
    for (Map.Entry<Parameter, Double> number : numbers.entrySet()) {
      Parameter parameter = number.getKey();
      double value = number.getValue();
      if (!heeds(method, layers, parameter)
          || !Double.isFinite(value)
          || !parameter.range().allows(value)) {
        throw new IllegalArgumentException(
            "%s with %s = %s".formatted(method.key(), parameter.key(), value));
      }
    }
  }

  /** Settings that say nothing but the method. */
  public static MergeSettings of(Method method) {
    return new MergeSettings(method, Optional.empty(), Lines.Scaling.NONE, new TreeMap<>());
  }

  /** Whether a parameter has an effect. */
  public static boolean heeds(Method method, Lines.Scaling layers, Parameter parameter) {
    return parameter.ofLines() ? layers != Lines.Scaling.NONE : method.has(parameter);
  }

  /** Every key below {@code merge} that says how to merge, with its value in plain notation. */
  public SortedMap<String, String> asMap() {
    SortedMap<String, String> map = new TreeMap<>();
    map.put("method", method.key());
    map.put("mode", mode.map(Mode::key).orElse(AUTO));
    map.put("lines.scaling", layers.key());
    for (Parameter parameter : Parameter.values()) {
      map.put(
          parameter.key(),
          Optional.ofNullable(numbers.get(parameter))
              .map(value -> BigDecimal.valueOf(value).toPlainString())
              .orElse(AUTO));
    }
    return Collections.unmodifiableSortedMap(map);
  }
}
