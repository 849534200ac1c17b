package org.mergetomix.rank;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.config.Configuration;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ScoreUnit;
import org.mergetomix.statistics.Correlation;
import org.mergetomix.statistics.Fidelity;
import org.mergetomix.statistics.FidelityPoint;
import org.mergetomix.statistics.correction.CorrectedScores;
import org.mergetomix.statistics.correction.SurrogateCorrection;
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
      List<FidelityRow> rows, Configuration configuration, ScoreUnit unit) {
    return Fidelity.of(
        points(rows),
        unit,
        configuration.fidelity().bootstrapSamples(),
        configuration.fidelity().confidence(),
        configuration.seed());
  }

  /** What the trainings say of all surrogates; empty when there are too few. */
  public static Optional<CorrectedScores> correction(
      List<FidelityRow> rows, RankedScores ranked, ScoreUnit unit) {
    List<SurrogateCorrection.Training> trainings =
        rows.stream()
            .filter(row -> !NOT_COMPARED.contains(row.role()))
            .filter(row -> Double.isFinite(row.surrogate().value() + row.real().value()))
            .map(
                row ->
                    new SurrogateCorrection.Training(
                        Mixture.parse(row.mixture()),
                        row.surrogate().value(),
                        row.real().value(),
                        row.seeds()))
            .toList();
    return CorrectedScores.of(ranked.whole(), trainings, unit);
  }

  /** The rows with what a correction expected of each that did not know it. */
  public static List<FidelityRow> expected(
      List<FidelityRow> rows, Optional<CorrectedScores> correction) {
    Map<String, Double> expected = new HashMap<>();
    correction.ifPresent(
        found ->
            found.trainings().forEach(one -> expected.put(one.mixture().id(), one.expected())));
    return rows.stream()
        .map(row -> row.expected(expected.getOrDefault(row.mixture(), Double.NaN)))
        .toList();
  }

  /** The figures of corrected scores in place of the surrogates'; empty without a correction. */
  public static Optional<Fidelity> corrected(
      List<FidelityRow> rows, Configuration configuration, ScoreUnit unit) {
    return Fidelity.of(
        rows.stream()
            .filter(row -> Double.isFinite(row.corrected()))
            .map(
                row ->
                    new FidelityPoint(
                        row.mixture(),
                        row.role(),
                        new Estimate(row.corrected(), Double.NaN),
                        row.real()))
            .toList(),
        unit,
        configuration.fidelity().bootstrapSamples(),
        configuration.fidelity().confidence(),
        configuration.seed());
  }

  /**
   * How far the score of a training moves from seed to seed, over all mixtures that were trained
   * with several; NaN where there is none.
   */
  public static double seedDeviation(List<FidelityRow> rows) {
    double squares = 0;
    int freedom = 0;
    for (FidelityRow row : rows) {
      if (row.seeds() > 1) {
        squares += row.seedDeviation() * row.seedDeviation() * (row.seeds() - 1);
        freedom += row.seeds() - 1;
      }
    }
    return freedom == 0 ? Double.NaN : Math.sqrt(squares / freedom);
  }

  /** The figures by name, for the run record. */
  public static SortedMap<String, Double> figures(
      Optional<Fidelity> fidelity,
      Optional<CorrectedScores> correction,
      Optional<Fidelity> corrected,
      double seedDeviation) {
    SortedMap<String, Double> figures = new TreeMap<>();
    correction.ifPresent(
        found -> {
          figures.put("correction_trainings", (double) found.trainings().size());
          figures.put("correction_error_before", found.errorBefore());
          figures.put("correction_error_after", found.errorAfter());
          figures.put("correction_applied", found.applied() ? 1.0 : 0.0);
        });
    corrected.ifPresent(found -> figures.put("corrected_spearman", found.spearman().value()));
    if (Double.isFinite(seedDeviation)) {
      figures.put("seed_deviation", seedDeviation);
    }
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
