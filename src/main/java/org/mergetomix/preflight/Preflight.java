package org.mergetomix.preflight;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.expert.NonFiniteTensors;
import org.mergetomix.problem.Problem;

/**
 * How far the experts moved and how much they agree: what can be told about merging them before
 * anything is evaluated. Immutable.
 *
 * @param baseNorm Euclidean norm of the base's parameters
 * @param driftLimit the drift up to which there is published evidence that surrogates hold
 * @param experts by dataset; empty where nothing was measured
 * @param cosines between the deltas of two datasets, from -1 to 1, by the lesser and then the
 *     greater id; 0 where one of them is 0, NaN where one of them has elements that are not finite
 * @param warnings what a user should know before trusting surrogates of these experts, as
 *     sentences; mostly empty
 */
public record Preflight(
    double baseNorm,
    double driftLimit,
    SortedMap<String, Movement> experts,
    SortedMap<String, SortedMap<String, Double>> cosines,
    List<String> warnings) {

  /** Nothing was measured. */
  public static final Preflight NONE =
      new Preflight(0, 0, new TreeMap<>(), new TreeMap<>(), List.of());

  /**
   * The drift up to which there is published evidence that surrogates hold. DeMix (arXiv
   * 2602.00747, table 5) kept its experts within about 10 % of their base and ranked mixtures with
   * a correlation of 0.79; experts that were left to drift apart gave 0.65. MergeMix (arXiv
   * 2601.17858, appendix B) derives why: a surrogate's error grows with the square of what a
   * training moved.
   */
  public static final double DRIFT_LIMIT = 0.1;

  /** What the parameters outside of layers stand under: embeddings, the output, norms. */
  public static final String OUTSIDE = "outside of layers";

  public Preflight {
    experts = Collections.unmodifiableSortedMap(new TreeMap<>(experts));
    cosines = Collections.unmodifiableSortedMap(new TreeMap<>(cosines));
    warnings = List.copyOf(warnings);
  }

  /**
   * How far one expert moved.
   *
   * @param norm Euclidean norm of the delta; not finite if one of its elements is not
   * @param drift that over the base's norm
   * @param movedShare share of the parameters that moved at all, from 0 to 1
   * @param layers the drift of each layer, by the layer's name ({@code model.layers.5}), and of
   *     what is {@link #OUTSIDE}
   */
  public record Movement(
      double norm, double drift, double movedShare, SortedMap<String, Double> layers) {

    public Movement {
      layers = Collections.unmodifiableSortedMap(new TreeMap<>(layers));
    }
  }

  /**
   * Puts together what was computed apart.
   *
   * @param parts every part once, of the same datasets, in any order
   */
  public static Preflight of(List<PreflightSums> parts) {
    PreflightSums sums = PreflightSums.together(parts);
    List<String> datasets = sums.datasets();
    SortedMap<String, Movement> experts = new TreeMap<>();
    SortedMap<String, SortedMap<String, Double>> cosines = new TreeMap<>();
    for (int i = 0; i < datasets.size(); i++) {
      experts.put(datasets.get(i), sums.movement(i));
      SortedMap<String, Double> row = new TreeMap<>();
      for (int j = i + 1; j < datasets.size(); j++) {
        row.put(datasets.get(j), sums.cosine(i, j));
      }
      cosines.put(datasets.get(i), Collections.unmodifiableSortedMap(row));
    }
    Preflight figures = new Preflight(sums.baseNorm(), DRIFT_LIMIT, experts, cosines, List.of());
    return new Preflight(
        sums.baseNorm(),
        DRIFT_LIMIT,
        experts,
        cosines,
        PreflightWarnings.of(figures, sums.notNumbers()));
  }

  /**
   * What of base and experts is NaN or infinite, each with the first tensor that is.
   *
   * @param parts as of {@link #of}
   */
  public static SortedMap<String, Problem> notNumbers(List<PreflightSums> parts) {
    SortedMap<String, Problem> problems = new TreeMap<>();
    PreflightSums.together(parts)
        .notNumbers()
        .forEach(
            (whose, tensor) ->
                problems.put(
                    whose,
                    whose.equals(NonFiniteTensors.BASE)
                        ? NonFiniteTensors.ofBase(tensor)
                        : NonFiniteTensors.ofExpert(whose, tensor)));
    return problems;
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
