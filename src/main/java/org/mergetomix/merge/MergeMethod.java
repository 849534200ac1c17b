package org.mergetomix.merge;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A merge method with its parameters, as data: what it does to each delta once, how the deltas of a
 * mixture become one, and what that is multiplied by in each layer. All methods are these three put
 * together. Immutable.
 */
public final class MergeMethod implements Serializable {

  private static final long serialVersionUID = 1L;

  private final String name;
  private final TreeMap<String, String> parameters;
  private final Sparsifier sparsifier;
  private final Combination combination;
  private final LayerScaling scaling;

  MergeMethod(
      String name,
      SortedMap<String, String> parameters,
      Sparsifier sparsifier,
      Combination combination,
      LayerScaling scaling) {
    this.name = name;
    this.parameters = new TreeMap<>(parameters);
    this.sparsifier = sparsifier;
    this.combination = combination;
    this.scaling = scaling;
  }

  /**
   * The method of this name.
   *
   * @param name as in the configuration: {@code task-arithmetic}
   * @param given the parameters that are not left to the method, by their keys below {@code merge}
   *     in the configuration: {@code density}, {@code lines.alpha}
   * @param seed of random masks
   * @throws org.mergetomix.problem.UserException (usage) with every problem: an unknown method, a
   *     parameter that the method does not have, a value out of its range
   */
  public static MergeMethod of(String name, Map<String, String> given, long seed) {
    return MethodCatalogue.method(name, given, seed);
  }

  /** Its name in the configuration and in tables. */
  public String name() {
    return name;
  }

  /** Every parameter that decides what it does, defaults too, by key; unmodifiable. */
  public SortedMap<String, String> parameters() {
    return Collections.unmodifiableSortedMap(parameters);
  }

  /** Name and parameters, the same for the same method: {@code ties density=0.2 lambda=1.0}. */
  public String describe() {
    StringBuilder text = new StringBuilder(name);
    parameters.forEach((key, value) -> text.append(' ').append(key).append('=').append(value));
    return text.toString();
  }

  /** The {@link #describe() description}. */
  @Override
  public String toString() {
    return describe();
  }

  Sparsifier sparsifier() {
    return sparsifier;
  }

  Combination combination() {
    return combination;
  }

  LayerScaling scaling() {
    return scaling;
  }
}
