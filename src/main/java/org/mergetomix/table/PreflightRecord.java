package org.mergetomix.table;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What {@code run.json} says of the experts before anything was merged: how far they moved and how
 * much they agree. Immutable.
 *
 * @param baseNorm Euclidean norm of the base's parameters
 * @param driftLimit the drift up to which there is published evidence that surrogates hold
 * @param experts by dataset; empty where nothing was measured
 * @param cosines between the deltas of two datasets, from -1 to 1, by the lesser and then the
 *     greater id
 * @param warnings what that means for the trust in the ranking, as sentences
 */
public record PreflightRecord(
    double baseNorm,
    double driftLimit,
    SortedMap<String, Movement> experts,
    SortedMap<String, SortedMap<String, Double>> cosines,
    List<String> warnings) {

  /** Nothing was measured. */
  public static final PreflightRecord NONE =
      new PreflightRecord(0, 0, new TreeMap<>(), new TreeMap<>(), List.of());

  public PreflightRecord {
    experts = Collections.unmodifiableSortedMap(new TreeMap<>(experts));
    cosines = Collections.unmodifiableSortedMap(new TreeMap<>(cosines));
    warnings = List.copyOf(warnings);
  }

  /**
   * How far one expert moved.
   *
   * @param norm Euclidean norm of the delta
   * @param drift that over the base's norm
   * @param movedShare share of the parameters that moved at all, from 0 to 1
   * @param layers the drift of each layer, by the layer's name, and of what is outside of layers
   */
  public record Movement(
      double norm, double drift, double movedShare, SortedMap<String, Double> layers) {

    public Movement {
      layers = Collections.unmodifiableSortedMap(new TreeMap<>(layers));
    }
  }

  /** Whether there are figures. */
  public boolean measured() {
    return !experts.isEmpty();
  }

  /** The cosine of two datasets' deltas, in either order; 1 of one with itself. */
  public double cosine(String one, String other) {
    int order = one.compareTo(other);
    if (order == 0) {
      return 1;
    }
    return order < 0 ? cosines.get(one).get(other) : cosines.get(other).get(one);
  }
}
