package org.mergetomix.spark;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.rank.Fidelities;
import org.mergetomix.rank.RankedScores;
import org.mergetomix.score.ScoreUnit;
import org.mergetomix.statistics.Fidelity;
import org.mergetomix.statistics.correction.CorrectedScores;
import org.mergetomix.table.FidelityRow;
import org.mergetomix.table.RankedTable;
import org.mergetomix.table.RunDirectory;

/**
 * What real scores say of the surrogates, wherever the models were trained.
 *
 * @param fidelity the figures; empty when too few mixtures can be compared
 * @param correction what the trainings say of all surrogates; empty when there are too few
 * @param corrected the figures of corrected scores in place of the surrogates'; empty without a
 *     correction
 * @param seedDeviation how far the score of a training moves from seed to seed; NaN where none was
 *     trained with several
 */
public record FidelityResults(
    Optional<Fidelity> fidelity,
    Optional<CorrectedScores> correction,
    Optional<Fidelity> corrected,
    double seedDeviation) {

  /** Compares, and writes the tables {@code fidelity/} and {@code corrected/}. */
  static FidelityResults write(
      SparkSession spark,
      RunDirectory directory,
      Configuration configuration,
      RankedTable ranked,
      List<FidelityRow> rows,
      ScoreUnit unit) {
    Optional<CorrectedScores> correction =
        Fidelities.correction(rows, RankedScores.of(ranked, ranked.counts().ranked()), unit);
    List<FidelityRow> expected = Fidelities.expected(rows, correction);
    directory.fidelity(spark).write(expected);
    directory.corrected(spark).write(correction.map(CorrectedScores::rows).orElse(List.of()));
    return new FidelityResults(
        Fidelities.of(expected, configuration, unit),
        correction,
        Fidelities.corrected(expected, configuration, unit),
        Fidelities.seedDeviation(expected));
  }

  /** The figures by name, for the run record. */
  SortedMap<String, Double> figures() {
    return Fidelities.figures(fidelity, correction, corrected, seedDeviation);
  }
}
