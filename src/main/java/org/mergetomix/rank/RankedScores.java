package org.mergetomix.rank;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.statistics.correction.CorrectedScores;
import org.mergetomix.table.RankedTable;

/**
 * The scores of a ranked table as far as the driver can hold them.
 *
 * @param scores by mixture, best first
 * @param errors by mixture, of those that did not see every example: how far they may be off beside
 *     what all scores are off
 * @param ranks by mixture
 */
public record RankedScores(
    Map<Mixture, Double> scores, Map<Mixture, Double> errors, Map<Mixture, Long> ranks) {

  private static final long MOST = 4_095;
  private static final long BEST = 128;

  /** Those that saw every example, best first: of others, no more than a guess is known. */
  public List<CorrectedScores.Ranked> whole() {
    return scores.entrySet().stream()
        .filter(one -> !errors.containsKey(one.getKey()))
        .map(
            one ->
                new CorrectedScores.Ranked(one.getKey(), ranks.get(one.getKey()), one.getValue()))
        .toList();
  }

  /**
   * All; of more than 4,095 the best 128, and of the others some of every rank. A mixture that left
   * a race after one example, whose error nobody knows, is left out.
   *
   * @param mixtures how many have a rank
   */
  public static RankedScores of(RankedTable ranked, long mixtures) {
    long step = 1 + (mixtures - 1) / MOST;
    Column chosen = col("rank").leq(BEST).or(col("rank").mod(lit(step)).equalTo(0));
    Column known = not(col("dropped").and(isnan(col("gap_standard_error"))));
    Map<Mixture, Double> scores = new LinkedHashMap<>();
    Map<Mixture, Double> errors = new LinkedHashMap<>();
    Map<Mixture, Long> ranks = new LinkedHashMap<>();
    for (Row row :
        ranked
            .dataset()
            .where(col("rank").isNotNull().and(chosen).and(known))
            .orderBy("rank")
            .select("mixture", "score", "dropped", "gap_standard_error", "rank")
            .collectAsList()) {
      Mixture mixture = Mixture.parse(row.getString(0));
      scores.put(mixture, row.getDouble(1));
      ranks.put(mixture, row.getLong(4));
      if (row.getBoolean(2)) {
        errors.put(mixture, row.getDouble(3));
      }
    }
    return new RankedScores(scores, errors, ranks);
  }
}
