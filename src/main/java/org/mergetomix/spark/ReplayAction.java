package org.mergetomix.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.hocon.Choice;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.SubsetWeights;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Direction;
import org.mergetomix.search.replay.Recording;
import org.mergetomix.search.replay.RegretCurve;
import org.mergetomix.search.replay.Replay;
import org.mergetomix.surface.Axes;

/** Replays searches against recorded scores, without any model. */
public final class ReplayAction {

  private final SparkSession spark;
  private final Location table;
  private final Direction direction;
  private final Configuration.Objective objective;

  /**
   * Replays of one recording.
   *
   * @param table a run's directory, or a table of scores
   * @param direction which way the scores of a table improve; a run says so itself
   * @param objective which tasks and examples count
   */
  public ReplayAction(
      SparkSession spark, Location table, Direction direction, Configuration.Objective objective) {
    this.spark = spark;
    this.table = table;
    this.direction = direction;
    this.objective = objective;
  }

  /**
   * What the replays found.
   *
   * @param recording what was replayed
   * @param curves one a strategy, in the order in which they were asked for
   */
  public record Result(Recording recording, List<RegretCurve> curves) {

    public Result {
      curves = List.copyOf(curves);
    }
  }

  /**
   * Replays searches.
   *
   * @param searches by the name of a strategy, a configuration a repetition; each sees the examples
   *     in an order of its own, drawn from its seed
   * @throws org.mergetomix.problem.UserException if the recording is missing or broken, or a search
   *     does not fit its datasets
   */
  public Result run(Map<String, List<Configuration>> searches) {
    Recording recording = Recordings.read(spark, table, direction, objective);
    SubsetWeights recorded = Recordings.weights(spark, table);
    List<RegretCurve> curves = new ArrayList<>();
    searches.forEach(
        (name, repetitions) ->
            curves.add(
                new RegretCurve(
                    name,
                    repetitions.stream()
                        .map(configuration -> replay(recording, recorded, configuration))
                        .toList())));
    return new Result(recording, curves);
  }

  private Replay.Outcome replay(
      Recording recording, SubsetWeights recorded, Configuration configuration) {
    Recording shuffled = recording.shuffled(configuration.seed());
    return Replay.run(
        shuffled,
        SearchPlans.of(
                spark,
                Axes.of(recording.datasets(), weights(recorded, configuration)),
                configuration)
            .strategy(shuffled.objective(), shuffled.examples()));
  }

  private SubsetWeights weights(SubsetWeights recorded, Configuration configuration) {
    SubsetWeights.By by = configuration.search().weights();
    if (by == SubsetWeights.By.DATASET && recorded.areEqual()) {
      return SubsetWeights.EQUAL;
    }
    if (by == SubsetWeights.By.DATASET) {
      throw UserException.usage(
          "The recorded search weighed subsets by " + Choice.name(recorded.by()),
          "search.weights",
          "Set it to " + Choice.name(recorded.by()));
    }
    if (by != recorded.by()) {
      throw UserException.usage(
          "The recording does not say how many %ss each dataset has".formatted(Choice.name(by)),
          "search.weights",
          "Replay the output of a search that had the same key, or set it to dataset");
    }
    return recorded;
  }
}
