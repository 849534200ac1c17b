package org.mergetomix.rank;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.rank.MixtureReduction.Considered;
import org.mergetomix.score.Direction;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.ExampleValues;
import org.mergetomix.score.Objective;
import org.mergetomix.statistics.decision.BootstrapRanks;
import org.mergetomix.statistics.decision.Resamples;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.Evaluations;
import org.mergetomix.table.RankInterval;

/**
 * Intervals of ranks, from examples that are drawn anew: scores of each draw are computed where the
 * rows lie, and compared on the driver.
 */
public final class RankIntervals {

  /** Beyond that, the driver would hold more numbers than a search otherwise needs. */
  private static final int MOST = 4_095;

  private static final int RESAMPLES = 400;

  private RankIntervals() {}

  /** A mixture's scores, lower ones better: on the examples as they are, and in each draw. */
  private record Drawn(String mixture, double score, ExampleValues resampled)
      implements Serializable {}

  /** What a draw makes of the mean scores of tasks. */
  private static final class Draws implements Serializable {

    private static final long serialVersionUID = 1L;

    private final Objective objective;
    private final TreeMap<String, Resamples> tasks = new TreeMap<>();
    private final List<Objective> ofDraw = new ArrayList<>();

    Draws(Objective objective, SortedMap<String, ExampleScores> base, long seed) {
      this.objective = objective;
      for (Objective.Term term : objective.terms()) {
        tasks.put(
            term.task(),
            new Resamples(base.get(term.task()).weights(), RESAMPLES, seed + tasks.size()));
      }
      List<Objective.Term> terms = objective.terms().stream().map(t -> scaled(t, base)).toList();
      drawn(base).forEach(draw -> ofDraw.add(Objective.of(terms, draw)));
    }

    /** A term with a scale; that of the base stays what it is, since a draw's could be nought. */
    private Objective.Term scaled(Objective.Term term, SortedMap<String, ExampleScores> base) {
      if (term.scale().isPresent() || Objective.oneUnit(objective.terms())) {
        return term;
      }
      double size = Math.abs(base.get(term.task()).aggregate(term.measure().aggregate()).value());
      return new Objective.Term(
          term.task(), term.measure(), term.weight(), OptionalDouble.of(size));
    }

    /** The mean of each task in each draw, as the score of one example. */
    private List<SortedMap<String, ExampleScores>> drawn(SortedMap<String, ExampleScores> scores) {
      List<SortedMap<String, ExampleScores>> draws = new ArrayList<>();
      for (int b = 0; b < RESAMPLES; b++) {
        draws.add(new TreeMap<>());
      }
      tasks.forEach(
          (task, resamples) -> {
            double[] means = resamples.means(scores.get(task).scores());
            for (int b = 0; b < RESAMPLES; b++) {
              draws.get(b).put(task, new ExampleScores(new double[] {means[b]}, new double[] {1}));
            }
          });
      return draws;
    }

    Drawn of(Mixture mixture, SortedMap<String, ExampleScores> scores) {
      List<SortedMap<String, ExampleScores>> draws = drawn(scores);
      double[] resampled = new double[RESAMPLES];
      for (int b = 0; b < RESAMPLES; b++) {
        resampled[b] = lowerIsBetter(ofDraw.get(b).score(draws.get(b)).value());
      }
      return new Drawn(
          mixture.id(),
          lowerIsBetter(objective.score(scores).value()),
          new ExampleValues(resampled));
    }

    private double lowerIsBetter(double score) {
      return objective.scoreUnit().direction() == Direction.LOWER_IS_BETTER ? score : -score;
    }
  }

  /**
   * The intervals by mixture; nothing where more than 4,095 mixtures are ranked.
   *
   * @param considered which mixtures are ranked
   * @param base the base's scores by task, on every example
   */
  public static Map<String, RankInterval> of(
      Evaluations evaluations,
      Considered considered,
      ScoredTasks tasks,
      Objective objective,
      SortedMap<String, ExampleScores> base,
      long seed) {
    long mixtures =
        evaluations.known().map(EvaluationRow::mixture).filter(considered::test).distinct().count();
    if (mixtures > MOST) {
      return Map.of();
    }
    Draws draws = new Draws(objective, base, seed);
    JavaRDD<List<Drawn>> found =
        MixtureReduction.of(
            evaluations.rows(),
            considered,
            tasks,
            (mixture, rows) ->
                rows.isComplete() ? List.of(draws.of(mixture, rows.scores())) : List.<Drawn>of());
    List<Drawn> drawn =
        found.flatMap(List::iterator).collect().stream()
            .sorted(Comparator.comparing(Drawn::mixture))
            .toList();
    return drawn.isEmpty() ? Map.of() : intervals(drawn);
  }

  private static Map<String, RankInterval> intervals(List<Drawn> drawn) {
    BootstrapRanks ranks = new BootstrapRanks(RESAMPLES);
    drawn.forEach(mixture -> ranks.add(mixture.score(), mixture.resampled().toArray()));
    List<BootstrapRanks.Rank> found = ranks.ranks();
    Map<String, RankInterval> intervals = new HashMap<>();
    for (int i = 0; i < drawn.size(); i++) {
      BootstrapRanks.Rank rank = found.get(i);
      intervals.put(
          drawn.get(i).mixture(),
          new RankInterval(rank.lower(), rank.upper(), rank.relativeWeightOfBest()));
    }
    return intervals;
  }
}
