package org.mergetomix.merge;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.mergetomix.problem.UserException;

/**
 * The arithmetic of a merge on a chunk of elements, all in float32.
 *
 * <p>An implementation holds no state: the merger keeps the sums. Safe for use by several threads.
 */
public sealed interface MergeMethod permits Average {

  /** Its name in the configuration and in tables. */
  String name();

  /** How many running sums an element needs. */
  int sums();

  /**
   * Adds one dataset's delta to the running sums.
   *
   * @param sums {@link #sums()} arrays, updated at 0 to {@code length - 1}
   * @param delta the dataset's delta
   * @param weight its weight in the mixture
   * @param length how many elements
   */
  void accumulate(float[][] sums, float[] delta, float weight, int length);

  /**
   * Turns the running sums of all datasets into the merged model's parameters.
   *
   * @param sums {@link #sums()} arrays; left as they are
   * @param totalWeight the sum of the datasets' weights
   * @param base the base model's parameters, overwritten by the merged ones
   * @param length how many elements
   */
  void finish(float[][] sums, float totalWeight, float[] base, int length);

  /**
   * The method of this name.
   *
   * @throws UserException if there is none
   */
  static MergeMethod named(String name) {
    MergeMethod[] known = {new Average()};
    return Arrays.stream(known)
        .filter(method -> method.name().equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                UserException.usage(
                    "Unknown merge method " + name,
                    "merge.method",
                    "Known: "
                        + Arrays.stream(known)
                            .map(MergeMethod::name)
                            .collect(Collectors.joining(", "))));
  }
}
