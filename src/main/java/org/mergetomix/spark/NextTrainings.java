package org.mergetomix.spark;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.rank.Fidelities;
import org.mergetomix.rank.PlannedTrainings;
import org.mergetomix.rank.RankedScores;
import org.mergetomix.table.RankedTable;
import org.mergetomix.table.RunDirectory;

/** Which mixtures of a finished search are worth a real training next. Trains nothing. */
public final class NextTrainings {

  private final SparkSession spark;
  private final RunDirectory directory;

  /** Those of the run in the configured output directory. */
  public NextTrainings(SparkSession spark, Configuration configuration) {
    this.spark = spark;
    this.directory =
        new RunDirectory(configuration.requireOutput(), spark.sparkContext().hadoopConfiguration());
  }

  /**
   * The mixtures, the most telling first.
   *
   * @param count how many; fewer come where there are no more
   * @throws org.mergetomix.problem.UserException if there is no finished search
   */
  public List<Mixture> next(int count) {
    FinishedRun.require(directory);
    // What was trained stays trained, whatever the ranking was then.
    Set<Mixture> trained = new HashSet<>();
    Fidelities.points(directory.fidelity(spark).read())
        .forEach(point -> trained.add(Mixture.parse(point.mixture())));
    RankedTable ranked = directory.ranked(spark);
    return PlannedTrainings.next(RankedScores.of(ranked, ranked.counts().ranked()), trained, count);
  }
}
