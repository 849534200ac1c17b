package org.mergetomix.spark;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.Problem;
import org.mergetomix.rank.Fidelities;
import org.mergetomix.rank.Ranking;
import org.mergetomix.rank.ScoredTasks;
import org.mergetomix.score.ExampleValues;
import org.mergetomix.score.Objective;
import org.mergetomix.table.FidelityRow;
import org.mergetomix.table.RankedTable;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.table.RunRecord;

/**
 * Compares the surrogates of a finished search with models that were really trained elsewhere,
 * whose scores stand in a table, beside those that were compared with it before. Neither models nor
 * data are needed.
 */
public final class GivenFidelityAction {

  private final SparkSession spark;
  private final Configuration configuration;
  private final Location table;
  private final RunDirectory directory;

  /**
   * The fidelity of the run in the configured output directory.
   *
   * @param table the scores of trainings done elsewhere
   */
  public GivenFidelityAction(SparkSession spark, Configuration configuration, Location table) {
    this.spark = spark;
    this.configuration = configuration;
    this.table = table;
    this.directory =
        new RunDirectory(configuration.requireOutput(), spark.sparkContext().hadoopConfiguration());
  }

  /**
   * What was found.
   *
   * @param record the run record as it was written
   * @param results what the real scores say
   * @param warnings what to know of the table
   */
  public record Result(RunRecord record, FidelityResults results, List<Problem> warnings) {

    public Result {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Compares.
   *
   * @throws org.mergetomix.problem.UserException if there is no finished search in the output
   *     directory, or with everything in the table that it cannot be compared with
   */
  public Result run() {
    directory.requireCommitter(spark);
    RunRecord record = FinishedRun.require(directory);
    JavaSparkContext context = Session.context(spark);
    context.setJobGroup("fidelity", "Compare surrogates with models trained elsewhere", false);
    try {
      return directory.announced(spark, () -> compare(record));
    } finally {
      context.clearJobGroup();
    }
  }

  private Result compare(RunRecord record) {
    List<Objective.Term> terms = record.search().objective().terms();
    SortedMap<String, SortedMap<String, ExampleValues>> weights = directory.tasks(spark).weights();
    Objective objective =
        Objective.of(
            terms,
            Ranking.scores(
                directory.evaluations(spark).read(),
                Mixture.none(),
                ScoredTasks.of(terms, weights)));
    RankedTable ranked = directory.ranked(spark);
    List<FidelityRow> given =
        new GivenScores(
                table, Set.copyOf(record.run().datasets()), objective, ofTerms(terms, weights))
            .rows(spark, ranked::findAll);
    List<FidelityRow> rows = besideEarlier(record, given);
    FidelityResults results =
        FidelityResults.write(spark, directory, configuration, ranked, rows, objective.scoreUnit());
    RunRecord done =
        directory.update(
            record,
            before ->
                before.confirmed(
                    Fidelities.points(rows).size(),
                    before.seconds(),
                    new RunRecord.Fidelity(results.figures(), before.fidelity().confirmations()),
                    Instant.now().toString()));
    return new Result(done, results, warnings(given));
  }

  /** What was compared with this ranking before stays, but for mixtures that are given anew. */
  private List<FidelityRow> besideEarlier(RunRecord record, List<FidelityRow> given) {
    if (record.state() != RunRecord.State.CONFIRMED) {
      return given;
    }
    Set<String> anew = given.stream().map(FidelityRow::mixture).collect(Collectors.toSet());
    return Stream.concat(
            directory.fidelity(spark).read().stream().filter(row -> !anew.contains(row.mixture())),
            given.stream())
        .toList();
  }

  private static SortedMap<String, double[]> ofTerms(
      List<Objective.Term> terms, SortedMap<String, SortedMap<String, ExampleValues>> weights) {
    SortedMap<String, double[]> byTask = new TreeMap<>();
    terms.forEach(
        term ->
            byTask.put(term.task(), weights.get(term.task()).get(term.measure().name()).toArray()));
    return byTask;
  }

  private List<Problem> warnings(List<FidelityRow> rows) {
    List<Problem> warnings = new ArrayList<>();
    if (rows.size() > 1 && rows.stream().map(row -> row.real().value()).distinct().count() == 1) {
      warnings.add(
          new Problem(
              "All real scores are the same, so no order can be compared",
              table.text(),
              "Look whether it is the right column"));
    }
    return warnings;
  }
}
