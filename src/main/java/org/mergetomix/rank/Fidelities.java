package org.mergetomix.rank;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.config.Configuration;
import org.mergetomix.score.Direction;
import org.mergetomix.statistics.Correlation;
import org.mergetomix.statistics.Fidelity;
import org.mergetomix.statistics.FidelityPoint;
import org.mergetomix.table.FidelityRow;

/** From the fidelity table to its figures. */
public final class Fidelities {

  /** These are the same model on both sides, so they say nothing of fidelity. */
  private static final Set<String> NOT_COMPARED = Set.of("base", "single");

  private Fidelities() {}

  /** The mixtures that were both merged and really fine-tuned. */
  public static List<FidelityPoint> points(List<FidelityRow> rows) {
    return rows.stream()
        .filter(row -> !NOT_COMPARED.contains(row.role()))
        .map(row -> new FidelityPoint(row.mixture(), row.role(), row.surrogate(), row.real()))
        .toList();
  }

  /** The figures; empty when there are too few points. */
  public static Optional<Fidelity> of(
      List<FidelityRow> rows, Configuration configuration, Direction direction) {
    return Fidelity.of(
        points(rows),
        direction,
        configuration.fidelity().bootstrapSamples(),
        configuration.fidelity().confidence(),
        configuration.seed());
  }

  /** The figures by name, for the run record. */
  public static SortedMap<String, Double> figures(Optional<Fidelity> fidelity) {
    SortedMap<String, Double> figures = new TreeMap<>();
    fidelity.ifPresent(
        found -> {
          figures.put("mixtures", (double) found.mixtures());
          put(figures, "pearson", found.pearson());
          put(figures, "spearman", found.spearman());
          put(figures, "kendall", found.kendall());
          figures.put("top_quarter_overlap", found.topQuarterOverlap());
          figures.put("regret", found.regret());
          figures.put("relative_regret", found.relativeRegret());
        });
    return figures;
  }

  private static void put(SortedMap<String, Double> figures, String name, Correlation correlation) {
    figures.put(name, correlation.value());
    figures.put(name + "_low", correlation.interval().low());
    figures.put(name + "_high", correlation.interval().high());
  }
}
