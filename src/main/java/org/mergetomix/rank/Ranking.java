package org.mergetomix.rank;

import java.io.Serializable;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.rank.MixtureReduction.Considered;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.Objective;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.Evaluations;
import org.mergetomix.table.FrontPlace;
import org.mergetomix.table.RankInterval;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RowStatus;
import scala.Tuple2;

/**
 * Turns the evaluations into a row per mixture. Every mixture is compared with the best one in
 * pairs, on the same examples, so its gap has an error of its own.
 */
public final class Ranking {

  private static final Estimate NONE = new Estimate(Double.NaN, Double.NaN);

  private Ranking() {}

  /**
   * The rows, in no order and without ranks. A mixture that left a race before it saw every example
   * has the best one's score and its own gap to that on what it saw; where no mixture saw every
   * example, there are none.
   *
   * @param considered which mixtures are ranked
   * @param intervals of their ranks by mixture, as far as they are known
   */
  public static JavaRDD<RankedRow> rows(
      Evaluations evaluations,
      Considered considered,
      ScoredTasks tasks,
      Objective objective,
      Map<String, RankInterval> intervals) {
    Map<String, RankInterval> known = new HashMap<>(intervals);
    SortedMap<String, ExampleScores> best = best(evaluations, considered, tasks, objective);
    TaskFront front = TaskFront.of(evaluations, considered, tasks, objective);
    return MixtureReduction.of(
            evaluations.rows(),
            considered,
            tasks,
            (mixture, rows) -> Judged.of(mixture, rows, objective, best, front))
        .filter(judged -> judged.status() == RowStatus.OK || !judged.error().isEmpty())
        .map(judged -> judged.row(Optional.ofNullable(known.get(judged.mixture().id()))));
  }

  /** The best mixture's scores by task; empty when there is none. */
  private static SortedMap<String, ExampleScores> best(
      Evaluations evaluations, Considered considered, ScoredTasks tasks, Objective objective) {
    JavaRDD<Tuple2<Mixture, Double>> totals =
        MixtureReduction.of(
            evaluations.rows(),
            considered,
            tasks,
            (mixture, rows) ->
                new Tuple2<>(
                    mixture,
                    rows.isComplete() ? objective.score(rows.scores()).value() : Double.NaN));
    List<Tuple2<Mixture, Double>> best =
        totals
            .filter(total -> !total._2().isNaN())
            .map(List::of)
            .fold(List.of(), (a, b) -> better(a, b, objective));
    return best.isEmpty() ? new TreeMap<>() : scores(evaluations, best.get(0)._1(), tasks);
  }

  /** The better one of two, each of which there may be or not. */
  private static List<Tuple2<Mixture, Double>> better(
      List<Tuple2<Mixture, Double>> a, List<Tuple2<Mixture, Double>> b, Objective objective) {
    Comparator<Tuple2<Mixture, Double>> order =
        Comparator.<Tuple2<Mixture, Double>, Double>comparing(Tuple2::_2, objective.bestFirst())
            .thenComparing(total -> total._1().id());
    return Stream.concat(a.stream(), b.stream()).sorted(order).limit(1).toList();
  }

  /** The scores of one mixture by task, as far as there are rows of it. */
  public static SortedMap<String, ExampleScores> scores(
      Evaluations evaluations, Mixture mixture, ScoredTasks tasks) {
    MixtureRows rows = new MixtureRows(tasks);
    for (EvaluationRow row :
        evaluations.rows().filter(found -> found.mixture().equals(mixture)).collect()) {
      rows.add(row);
    }
    return rows.scores();
  }

  /** A ranked row as it travels: an optional number cannot. */
  private record Judged(
      Mixture mixture,
      Estimate score,
      Estimate gap,
      FrontPlace front,
      SortedMap<String, Estimate> taskScores,
      long examples,
      boolean dropped,
      RowStatus status,
      String error,
      double mergeSeconds,
      double evaluateSeconds)
      implements Serializable {

    static Judged of(
        Mixture mixture,
        MixtureRows rows,
        Objective objective,
        SortedMap<String, ExampleScores> best,
        TaskFront front) {
      boolean whole = rows.isComplete();
      boolean scored = whole || (rows.error().isEmpty() && !best.isEmpty());
      SortedMap<String, ExampleScores> scores = rows.scores();
      Estimate gap = scored ? gap(scores, best, objective) : NONE;
      Estimate score = scored && whole ? objective.score(scores) : NONE;
      return new Judged(
          mixture,
          scored && !whole ? behind(objective.score(best), gap, objective) : score,
          gap,
          whole ? front.place(mixture, scores, objective) : FrontPlace.UNTOLD,
          scored ? objective.tasks(scores) : new TreeMap<>(),
          scores.values().stream().mapToLong(ExampleScores::size).sum(),
          scored && !whole,
          scored ? RowStatus.OK : RowStatus.FAILED,
          scored ? "" : rows.error(),
          rows.rows().stream().mapToDouble(EvaluationRow::mergeSeconds).sum(),
          rows.rows().stream().mapToDouble(EvaluationRow::evaluateSeconds).sum());
    }

    /** On the examples that both saw, which are the first ones. */
    private static Estimate gap(
        SortedMap<String, ExampleScores> scores,
        SortedMap<String, ExampleScores> best,
        Objective objective) {
      SortedMap<String, Integer> seen = new TreeMap<>();
      SortedMap<String, ExampleScores> first = new TreeMap<>();
      scores.forEach(
          (task, examples) -> {
            seen.put(task, examples.size());
            first.put(task, best.get(task).first(examples.size()));
          });
      boolean all = first.equals(best);
      return (all ? objective : objective.onFirst(seen)).gap(scores, first);
    }

    /** A score so much worse than the best one; the errors of both add up in squares. */
    private static Estimate behind(Estimate best, Estimate gap, Objective objective) {
      return new Estimate(
          objective.scoreUnit().worse(best.value(), gap.value()),
          Math.hypot(best.standardError(), gap.standardError()));
    }

    RankedRow row(Optional<RankInterval> interval) {
      return new RankedRow(
          OptionalLong.empty(),
          mixture.id(),
          mixture.datasets(),
          mixture.weights(),
          score,
          gap,
          interval,
          front,
          taskScores,
          examples,
          dropped,
          status,
          error,
          mergeSeconds,
          evaluateSeconds);
    }
  }
}
