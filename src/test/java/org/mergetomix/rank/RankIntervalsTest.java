package org.mergetomix.rank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.Direction;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.ExampleValues;
import org.mergetomix.score.Measure;
import org.mergetomix.score.Objective;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.EvaluationsTable;
import org.mergetomix.table.RankInterval;
import org.mergetomix.table.RowStatus;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class RankIntervalsTest {

  private static final int EXAMPLES = 10;
  private static final Measure BITS =
      new Measure("bits", "bits", Direction.LOWER_IS_BETTER, Measure.Aggregate.MEAN);
  private static final Measure ACCURACY =
      new Measure("accuracy", "share", Direction.HIGHER_IS_BETTER, Measure.Aggregate.MEAN);

  @TempDir private Path folder;

  /** The base is right in 4 of 10 examples: some draws have none of these. */
  @Test
  void ranksByTasksOfSeveralUnits(SparkSession spark, JavaSparkContext context) {
    EvaluationsTable table = new EvaluationsTable(spark, Location.of(folder));
    List<EvaluationRow> rows = new ArrayList<>();
    rows.addAll(rows(Mixture.none(), 3, 4));
    rows.addAll(rows(Mixture.parse("a"), 2, 8));
    rows.addAll(rows(Mixture.parse("b"), 2.5, 5));
    rows.addAll(rows(Mixture.parse("a+b"), 2.5, 6));
    table.append("given", 1, context.parallelize(rows, 2));
    List<Objective.Term> terms =
        List.of(
            new Objective.Term("text", BITS, 1, OptionalDouble.empty()),
            new Objective.Term("questions", ACCURACY, 1, OptionalDouble.empty()));
    ScoredTasks tasks = ScoredTasks.of(terms, weights());
    SortedMap<String, ExampleScores> base = Ranking.scores(table.read(), Mixture.none(), tasks);

    Map<String, RankInterval> found =
        RankIntervals.of(
            table.read(), mixture -> mixture.size() > 0, tasks, Objective.of(terms, base), base, 1);

    assertThat(found).containsOnlyKeys("a", "b", "a+b");
    assertThat(found.get("a").low()).isEqualTo(1);
    assertThat(found.get("a").bestShare()).isGreaterThan(0.9);
    assertThat(found.get("b").high()).isEqualTo(3);
    assertThat(found.values().stream().mapToDouble(RankInterval::bestShare).sum())
        .isCloseTo(1, within(1e-9));
  }

  private static List<EvaluationRow> rows(Mixture mixture, double bits, int right) {
    return List.of(
        row(mixture, "text", "bits", IntStream.range(0, EXAMPLES).mapToDouble(i -> bits).toArray()),
        row(
            mixture,
            "questions",
            "accuracy",
            IntStream.range(0, EXAMPLES).mapToDouble(i -> i < right ? 1 : 0).toArray()));
  }

  private static EvaluationRow row(Mixture mixture, String task, String measure, double... scores) {
    return new EvaluationRow(
        mixture.id() + task,
        mixture,
        task,
        measure,
        new ExampleRange(0, scores.length),
        "given",
        1,
        RowStatus.OK,
        "",
        new ExampleValues(scores),
        0,
        0,
        "cpu");
  }

  private static SortedMap<String, SortedMap<String, ExampleValues>> weights() {
    ExampleValues ones =
        new ExampleValues(IntStream.range(0, EXAMPLES).mapToDouble(i -> 1).toArray());
    return new TreeMap<>(
        Map.of(
            "text", new TreeMap<>(Map.of("bits", ones)),
            "questions", new TreeMap<>(Map.of("accuracy", ones))));
  }
}
