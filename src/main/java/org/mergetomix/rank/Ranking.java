package org.mergetomix.rank;

import static org.apache.spark.sql.functions.col;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.EvaluationsTable;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RowStatus;
import scala.Tuple2;

/**
 * Turns the evaluations into a row per mixture. Every mixture is compared with the best one in
 * pairs, on the same examples, so its gap has an error of its own. Per-example scores are reduced
 * where they are read and never shuffled.
 */
public final class Ranking {

  private Ranking() {}

  /** The rows, in no order and without ranks. */
  public static JavaRDD<RankedRow> rows(
      EvaluationsTable evaluations, RunPlan plan, Direction direction) {
    Map<String, ExampleScores> best = best(evaluations, plan, direction);
    return evaluations
        .rows()
        .mapToPair(row -> new Tuple2<>(row.mixture(), Judged.of(row, best, direction)))
        .groupByKey()
        .values()
        .map(judged -> ranked(judged, plan));
  }

  /** The best mixture's scores by task; empty when every mixture failed. */
  private static Map<String, ExampleScores> best(
      EvaluationsTable evaluations, RunPlan plan, Direction direction) {
    Map<String, ExampleScores> scores = new TreeMap<>();
    JavaRDD<Tuple2<String, Double>> totals =
        evaluations
            .dataset()
            .where(col("status").equalTo(RowStatus.OK.text()))
            .select("mixture", "task", "score", "standard_error")
            .javaRDD()
            .mapToPair(row -> new Tuple2<>(row.getString(0), row))
            .groupByKey()
            .map(group -> new Tuple2<>(group._1(), total(group._2(), plan)));
    if (totals.isEmpty()) {
      return scores;
    }
    String best = totals.reduce((a, b) -> better(a, b, direction))._1();
    evaluations
        .rows()
        .filter(row -> row.mixture().equals(best))
        .collect()
        .forEach(row -> row.exampleScores().ifPresent(found -> scores.put(row.task(), found)));
    return scores;
  }

  private static Tuple2<String, Double> better(
      Tuple2<String, Double> a, Tuple2<String, Double> b, Direction direction) {
    Comparator<Tuple2<String, Double>> order =
        Comparator.<Tuple2<String, Double>, Double>comparing(Tuple2::_2, direction.bestFirst())
            .thenComparing(Tuple2::_1);
    return order.compare(a, b) <= 0 ? a : b;
  }

  private static double total(Iterable<Row> tasks, RunPlan plan) {
    SortedMap<String, Estimate> scores = new TreeMap<>();
    tasks.forEach(
        row -> scores.put(row.getString(1), new Estimate(row.getDouble(2), row.getDouble(3))));
    return plan.overall(scores).value();
  }

  private static RankedRow ranked(Iterable<Judged> rows, RunPlan plan) {
    SortedMap<String, Judged> tasks = new TreeMap<>();
    for (Judged row : rows) {
      // A mixture that failed and was evaluated when the run was started again has both.
      tasks.merge(row.task(), row, (a, b) -> a.status() == RowStatus.OK ? a : b);
    }
    List<Judged> kept = new ArrayList<>(tasks.values());
    Judged first = kept.get(0);
    boolean scored = kept.stream().allMatch(row -> row.status() == RowStatus.OK);
    SortedMap<String, Estimate> scores = new TreeMap<>();
    SortedMap<String, Estimate> gaps = new TreeMap<>();
    if (scored) {
      tasks.forEach(
          (task, row) -> {
            scores.put(task, row.score());
            gaps.put(task, row.gap());
          });
    }
    Estimate none = new Estimate(Double.NaN, Double.NaN);
    return new RankedRow(
        OptionalLong.empty(),
        first.mixture(),
        first.datasets(),
        first.weights(),
        scored ? plan.overall(scores) : none,
        scored ? plan.overall(gaps) : none,
        scores,
        scored ? RowStatus.OK : RowStatus.FAILED,
        scored ? "" : first.error(),
        kept.stream().mapToDouble(Judged::mergeSeconds).sum(),
        kept.stream().mapToDouble(Judged::evaluateSeconds).sum());
  }

  /** An evaluation without its per-example scores, and its gap to the best mixture. */
  private record Judged(
      String mixture,
      List<String> datasets,
      List<Double> weights,
      String task,
      RowStatus status,
      String error,
      Estimate score,
      Estimate gap,
      double mergeSeconds,
      double evaluateSeconds)
      implements Serializable {

    static Judged of(EvaluationRow row, Map<String, ExampleScores> best, Direction direction) {
      Estimate gap =
          row.exampleScores()
              .map(scores -> worse(scores.minus(best.get(row.task())), direction))
              .orElse(new Estimate(Double.NaN, Double.NaN));
      return new Judged(
          row.mixture(),
          row.datasets(),
          row.weights(),
          row.task(),
          row.status(),
          row.error(),
          row.score(),
          gap,
          row.mergeSeconds(),
          row.evaluateSeconds());
    }

    private static Estimate worse(Estimate difference, Direction direction) {
      return new Estimate(direction.gain(0, difference.value()), difference.standardError());
    }
  }
}
