package org.mergetomix.spark;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.SubsetWeights;
import org.mergetomix.problem.UserException;
import org.mergetomix.rank.MixtureReduction;
import org.mergetomix.rank.OtherObjective;
import org.mergetomix.rank.Ranking;
import org.mergetomix.rank.ScoredTasks;
import org.mergetomix.score.Direction;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.Measure;
import org.mergetomix.score.Objective;
import org.mergetomix.search.replay.Recording;
import org.mergetomix.table.Evaluations;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.table.RunRecord;
import org.mergetomix.table.ScoreTable;
import scala.Tuple2;

/** Reads recorded scores: what a run evaluated, or a table that somebody wrote down. */
final class Recordings {

  private Recordings() {}

  /**
   * The recording at a location: a run's directory, or a {@link ScoreTable}.
   *
   * @param direction which way scores of a table improve; a run says so itself
   * @param wanted which tasks and examples count
   * @throws UserException (input) if there is neither
   */
  static Recording read(
      SparkSession spark, Location location, Direction direction, Configuration.Objective wanted) {
    RunDirectory directory = new RunDirectory(location, spark.sparkContext().hadoopConfiguration());
    return directory
        .read()
        .map(run -> ofRun(spark, directory, run, wanted))
        .orElseGet(() -> ofTable(spark, location, direction, wanted));
  }

  /** Which weights datasets have in the subsets of a run's search; equal ones in a table. */
  static SubsetWeights weights(SparkSession spark, Location location) {
    return new RunDirectory(location, spark.sparkContext().hadoopConfiguration())
        .read()
        .map(run -> run.search().weights())
        .orElse(SubsetWeights.EQUAL);
  }

  private static Recording ofTable(
      SparkSession spark, Location location, Direction direction, Configuration.Objective wanted) {
    Map<Mixture, SortedMap<String, ExampleScores>> scores = ScoreTable.read(spark, location);
    Measure measure = new Measure("score", "score", direction, Measure.Aggregate.MEAN);
    List<Objective.Term> terms =
        scores.values().stream()
            .findFirst()
            .map(tasks -> tasks.keySet())
            .orElseThrow(
                () ->
                    UserException.input(
                        "The table of scores has no rows", location.text(), "Record some"))
            .stream()
            .map(task -> new Objective.Term(task, measure, 1, OptionalDouble.empty()))
            .toList();
    return new Recording(
        scores,
        Objective.of(OtherObjective.overTasks(wanted, terms), new TreeMap<>()),
        location.text());
  }

  private static Recording ofRun(
      SparkSession spark, RunDirectory directory, RunRecord run, Configuration.Objective wanted) {
    List<Objective.Term> usual = run.search().objective().terms();
    if (usual.isEmpty()) {
      throw UserException.input(
          "There is nothing to replay yet: the search is not finished",
          directory.location().toString(),
          "Run search again: it goes on where it stopped");
    }
    OtherObjective other = OtherObjective.of(wanted, usual, directory.tasks(spark));
    ScoredTasks tasks = ScoredTasks.of(other.terms(), other.weights());
    Evaluations evaluations = other.of(directory.evaluations(spark).read());
    Objective objective =
        Objective.of(other.terms(), Ranking.scores(evaluations, Mixture.none(), tasks));
    long examples = tasks.examples().values().stream().mapToLong(Integer::longValue).sum();
    long most = ScoreTable.MOST_SCORES / Math.max(1, examples);
    SortedMap<String, Tuple2<Mixture, SortedMap<String, ExampleScores>>> found = new TreeMap<>();
    MixtureReduction.of(
            evaluations.rows(),
            mixture -> mixture.size() > 0,
            tasks,
            (mixture, rows) ->
                new Tuple2<>(mixture, rows.isComplete() ? rows.scores() : noScores()))
        .filter(scored -> !scored._2().isEmpty())
        .take((int) Math.min(Integer.MAX_VALUE, most + 1))
        .forEach(scored -> found.put(scored._1().id(), scored));
    if (found.size() > most) {
      throw UserException.input(
          "The run has more than %s scores of examples, and the driver would hold them all"
              .formatted(ScoreTable.MOST_SCORES),
          directory.location().toString(),
          "Replay its ranked table, ranked/, in its place"
              + (objective.scoreUnit().direction() == Direction.HIGHER_IS_BETTER
                  ? ", with --higher-is-better"
                  : ""));
    }
    Map<Mixture, SortedMap<String, ExampleScores>> scores = new LinkedHashMap<>();
    found.values().forEach(scored -> scores.put(scored._1(), scored._2()));
    return new Recording(scores, objective, directory.location().toString());
  }

  private static SortedMap<String, ExampleScores> noScores() {
    return new TreeMap<>();
  }
}
