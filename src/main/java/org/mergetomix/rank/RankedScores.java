package org.mergetomix.rank;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.table.RankedTable;

/** The scores of a ranked table as far as the driver can hold them. */
public final class RankedScores {

  private static final long MOST = 4_095;
  private static final long BEST = 128;

  private RankedScores() {}

  /** All, best first; of more than 4,095 the best 128, and of the others some of every rank. */
  public static Map<Mixture, Double> of(RankedTable ranked) {
    long mixtures = ranked.ranked();
    long step = 1 + (mixtures - 1) / MOST;
    Column chosen = col("rank").leq(BEST).or(col("rank").mod(lit(step)).equalTo(0));
    Map<Mixture, Double> scores = new LinkedHashMap<>();
    for (Row row :
        ranked
            .dataset()
            .where(col("rank").isNotNull().and(chosen))
            .orderBy("rank")
            .select("mixture", "score")
            .collectAsList()) {
      scores.put(Mixture.parse(row.getString(0)), row.getDouble(1));
    }
    return scores;
  }
}
