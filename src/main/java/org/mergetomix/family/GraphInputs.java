package org.mergetomix.family;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a family's graph is bound to beside the weights. The graph's script says what the numbers
 * mean. Immutable.
 *
 * @param graph the graph's name
 * @param integers whole numbers, in the script's order
 * @param reals other numbers, in the script's order
 * @param vectors float32 vectors by the name under which they are bound
 */
public record GraphInputs(
    String graph, List<Long> integers, List<Double> reals, SortedMap<String, List<Float>> vectors) {

  public GraphInputs {
    integers = List.copyOf(integers);
    reals = List.copyOf(reals);
    vectors = sorted(vectors);
  }

  /** The same map, sorted by name and unmodifiable. */
  static <T> SortedMap<String, T> sorted(Map<String, T> map) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(map));
  }
}
