package org.mergetomix.cli;

import java.util.Locale;
import java.util.Optional;
import org.mergetomix.spark.FidelityResults;
import org.mergetomix.statistics.Correlation;
import org.mergetomix.statistics.Fidelity;
import org.mergetomix.statistics.correction.CorrectedScores;
import org.mergetomix.statistics.correction.SurrogateCorrection;
import org.mergetomix.table.CorrectedRow;

/** What real scores say of the surrogates, as the console shows it. */
final class FidelityLines {

  private FidelityLines() {}

  /** Prints the figures, the correction, and the noise of a training. */
  static void print(Console console, FidelityResults results, String unit) {
    if (results.fidelity().isEmpty()) {
      console.line(
          "Fidelity: not measured, it takes at least %d mixtures of two or more datasets that saw"
              + " every example.",
          Fidelity.FEWEST_MIXTURES);
    }
    results.fidelity().ifPresent(fidelity -> print(console, fidelity));
    if (Double.isFinite(results.seedDeviation())) {
      console.line(
          "From seed to seed, the score of a training moves by %.4f %s (one deviation).",
          results.seedDeviation(), unit);
    }
    if (results.correction().isEmpty()) {
      console.line(
          "Correction: none, it takes at least %d mixtures of two or more datasets.",
          SurrogateCorrection.FEWEST);
    }
    results
        .correction()
        .ifPresent(correction -> print(console, correction, results.corrected(), unit));
  }

  private static void print(Console console, Fidelity fidelity) {
    console.line(
        "Fidelity over %d mixtures really fine-tuned: Pearson %s, Spearman %s, Kendall %s.",
        fidelity.mixtures(),
        text(fidelity.pearson()),
        text(fidelity.spearman()),
        text(fidelity.kendall()));
    console.line(
        "The choice is %.2f %% worse than the best real one; top quarters overlap by %.0f %%.",
        100 * fidelity.relativeRegret(), 100 * fidelity.topQuarterOverlap());
  }

  private static void print(
      Console console, CorrectedScores correction, Optional<Fidelity> corrected, String unit) {
    if (!correction.applied()) {
      console.line(
          "Correction: not applied, it would miss trainings that it has not seen by %.4f %s, and"
              + " surrogates alone by %.4f.",
          correction.errorAfter(), unit, correction.errorBefore());
      return;
    }
    console.line(
        "Correction: applied, it misses trainings that it has not seen by %.4f %s, and surrogates"
            + " alone by %.4f%s.",
        correction.errorAfter(),
        unit,
        correction.errorBefore(),
        corrected
            .map(found -> String.format(Locale.ROOT, "; Spearman %.3f", found.spearman().value()))
            .orElse(""));
    CorrectedRow best = correction.rows().get(0);
    console.line(
        "Best by corrected scores: %s with %.4f (corrected; its surrogate %.4f, rank %d)%s.",
        best.mixture(),
        best.corrected().value(),
        best.score(),
        best.rank(),
        Double.isNaN(best.real())
            ? "; it was not really trained"
            : String.format(Locale.ROOT, "; really %.4f", best.real()));
  }

  private static String text(Correlation correlation) {
    return String.format(
        Locale.ROOT,
        "%.3f (%.3f to %.3f)",
        correlation.value(),
        correlation.interval().low(),
        correlation.interval().high());
  }
}
