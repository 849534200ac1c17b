package org.mergetomix.score;

import java.io.Serializable;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Some examples of some tasks. To scores that are restricted to it, these are all examples there
 * are, in the same order. Immutable.
 */
public final class Subgroup implements Serializable {

  private static final long serialVersionUID = 1L;

  private final TreeMap<String, int[]> places = new TreeMap<>();

  /**
   * The examples at these places.
   *
   * @param places by task, each once, at least one
   */
  public Subgroup(SortedMap<String, ? extends Collection<Integer>> places) {
    places.forEach(
        (task, chosen) ->
            this.places.put(task, chosen.stream().mapToInt(place -> place).sorted().toArray()));
  }

  /** Where the examples of a range stand among those of the subgroup; empty where none is in it. */
  public Optional<ExampleRange> range(String task, ExampleRange range) {
    int from = (int) places(task).filter(place -> place < range.from()).count();
    int to = (int) places(task).filter(place -> place < range.to()).count();
    return from == to ? Optional.empty() : Optional.of(new ExampleRange(from, to));
  }

  /** Of values of the examples of a range those of the subgroup. */
  public ExampleValues values(String task, ExampleRange range, ExampleValues values) {
    double[] all = values.toArray();
    return new ExampleValues(
        places(task)
            .filter(place -> place >= range.from() && place < range.to())
            .mapToDouble(place -> all[place - range.from()])
            .toArray());
  }

  private IntStream places(String task) {
    return IntStream.of(places.getOrDefault(task, new int[0]));
  }
}
