package org.mergetomix.merge;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.checkpoint.Checkpoint;
import org.mergetomix.checkpoint.Delta;

/**
 * How far the experts moved and how much they agree: what can be told about merging them before
 * anything is evaluated. Immutable.
 *
 * @param baseNorm Euclidean norm of the base's parameters
 * @param experts by dataset
 * @param cosines between the deltas of two datasets, from -1 to 1, by the lesser and then the
 *     greater id; 0 where one of them is 0
 */
public record Preflight(
    double baseNorm,
    SortedMap<String, Movement> experts,
    SortedMap<String, SortedMap<String, Double>> cosines) {

  /** Published evidence for surrogates ends at about this drift. */
  private static final double FAR = 0.1;

  /** Deltas from different data are nearly orthogonal; much more means much the same data. */
  private static final double ALIKE = 0.5;

  private static final double OPPOSED = -0.1;

  /**
   * How far one expert moved.
   *
   * @param norm Euclidean norm of the delta
   * @param drift that over the base's norm
   * @param movedShare share of the parameters that moved at all, from 0 to 1
   * @param finite whether the delta has no NaN and no infinite element
   * @param layers the drift of each layer, by the layer's name ({@code model.layers.5}), and of
   *     what is outside of layers, under an empty name
   */
  public record Movement(
      double norm,
      double drift,
      double movedShare,
      boolean finite,
      SortedMap<String, Double> layers) {}

  /** Reads the base and every delta once. */
  public static Preflight of(Checkpoint base, Map<String, Delta> deltas) {
    Layout layout = Layout.of(base.tensors());
    SortedMap<String, Delta> ordered = new TreeMap<>(deltas);
    PreflightSums sums = PreflightSums.of(base, List.copyOf(ordered.values()), layout);
    List<String> datasets = List.copyOf(ordered.keySet());
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
    return new Preflight(
        sums.baseNorm(),
        Collections.unmodifiableSortedMap(experts),
        Collections.unmodifiableSortedMap(cosines));
  }

  /** What a user should know before trusting surrogates of these experts, in plain sentences. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    experts.forEach((dataset, expert) -> warn(dataset, expert, warnings));
    cosines.forEach(
        (one, row) ->
            row.forEach(
                (other, cosine) -> {
                  if (cosine > ALIKE) {
                    warnings.add(
                        text(
                            "The experts of %s and %s moved in much the same direction (cosine"
                                + " %.2f): their datasets may overlap, and adding one to the other"
                                + " may change little.",
                            one, other, cosine));
                  } else if (cosine < OPPOSED) {
                    warnings.add(
                        text(
                            "The experts of %s and %s moved against each other (cosine %.2f): a"
                                + " merge of both undoes part of each.",
                            one, other, cosine));
                  }
                }));
    return List.copyOf(warnings);
  }

  private static void warn(String dataset, Movement expert, List<String> warnings) {
    if (!expert.finite()) {
      warnings.add(
          text(
              "The expert of %s has parameters that are NaN or infinite: no mixture with it can be"
                  + " evaluated.",
              dataset));
    } else if (expert.norm() == 0) {
      warnings.add(
          text("The expert of %s is the base itself: was it fine-tuned, and saved?", dataset));
    } else if (expert.drift() > FAR) {
      warnings.add(
          text(
              "The expert of %s moved by %.0f %% of the base's norm: merged models are known to"
                  + " stand for fine-tuned ones up to about %.0f %%. Fine-tune it for fewer steps,"
                  + " or check the ranking with fidelity.mixtures.",
              dataset, 100 * expert.drift(), 100 * FAR));
    }
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
