package org.mergetomix.rank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mergetomix.testing.EvaluationRows.failed;
import static org.mergetomix.testing.EvaluationRows.scored;
import static org.mergetomix.testing.EvaluationRows.scoredFrom;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.Direction;
import org.mergetomix.score.ExampleValues;
import org.mergetomix.score.Measure;
import org.mergetomix.score.Objective;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.EvaluationsTable;
import org.mergetomix.table.Front;
import org.mergetomix.table.FrontPlace;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RankedTable;
import org.mergetomix.table.RowStatus;
import org.mergetomix.testing.EvaluationRows;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class RankingTest {

  private static final Mixture A = Mixture.parse("a");
  private static final Mixture B = Mixture.parse("b");
  private static final Mixture AB = Mixture.parse("a+b");
  private static final Mixture AC = Mixture.parse("a+c");

  private static final List<Objective.Term> TERMS =
      List.of(
          new Objective.Term(
              EvaluationRows.TASK,
              new Measure(
                  EvaluationRows.MEASURE,
                  "bits per byte",
                  Direction.LOWER_IS_BETTER,
                  Measure.Aggregate.MEAN),
              1,
              OptionalDouble.empty()));
  private static final ScoredTasks TASKS =
      ScoredTasks.of(
          TERMS,
          new TreeMap<>(
              Map.of(
                  EvaluationRows.TASK,
                  new TreeMap<>(Map.of(EvaluationRows.MEASURE, new ExampleValues(1, 1, 1, 1))))));

  @TempDir private Path folder;

  private SparkSession spark;
  private JavaSparkContext context;

  @BeforeEach
  void open(SparkSession session, JavaSparkContext sparkContext) {
    spark = session;
    context = sparkContext;
  }

  @Test
  void tiesNothingWithTheBestThatLeftTheRace() {
    RankedTable table =
        ranked(scored(A, 1, 2, 3, 4), scored(B, 1.1, 2.2, 3.1, 3.9), scored(AB, .9, 1.8));

    RankedRow dropped = table.find("a+b").orElseThrow();
    assertThat(dropped.dropped()).isTrue();
    assertThat(dropped.gap().value()).isNegative();
    assertThat(dropped.tied()).isFalse();
    assertThat(table.find("b").orElseThrow().tied()).isTrue();
    assertThat(table.counts().tied()).isEqualTo(2);
    assertThat(table.dataset().where("mixture = 'a+b' and tied is null").count()).isOne();
  }

  @Test
  void comparesNothingWithRealModelsThatLeftTheRace() {
    RankedTable table = ranked(scored(A, 1, 2, 3, 4), scored(AC, 2, 2, 3, 4), scored(AB, 3, 4));

    try (ComparableMixtures comparable = new ComparableMixtures(spark, table)) {
      assertThat(comparable.size()).isOne();
      assertThat(comparable.at(0)).isEqualTo(AC);
      assertThat(comparable.contains(AB)).isFalse();
    }
  }

  @Test
  void leavesScoresOutWhoseErrorNobodyKnows() {
    RankedTable table = ranked(scored(A, 1, 2, 3, 4), scored(B, 5), scored(AB, 3, 5));

    RankedScores scores = RankedScores.of(table, 3);

    assertThat(table.counts().ranked()).isEqualTo(3);
    assertThat(scores.scores()).containsOnlyKeys(A, AB);
    assertThat(scores.errors()).containsOnlyKeys(AB);
  }

  @Test
  void callsNothingFailedThatSawAPartWhereNoMixtureSawAll() {
    RankedTable table = ranked(scored(A, 1, 2), failed(B, "no memory"));

    assertThat(table.counts().ranked()).isZero();
    assertThat(table.dataset().select("mixture", "error").collectAsList())
        .extracting(row -> row.getString(0) + " " + row.getString(1))
        .containsExactly("b no memory");
  }

  @Test
  void anErrorTellsNothingOfExamplesThatWereScoredSince() {
    RankedTable table =
        ranked(
            scored(A, 1, 2, 3, 4),
            failed(B, "stale"),
            scored(B, 3, 5),
            scored(AB, 3, 5),
            scoredFrom(2, AB, 1, 1).failed("no memory"));

    assertThat(table.find("b").orElseThrow().dropped()).isTrue();
    assertThat(table.find("a+b").orElseThrow().status()).isEqualTo(RowStatus.FAILED);
    assertThat(table.find("a+b").orElseThrow().error()).isEqualTo("no memory");
  }

  @Test
  void placesMixturesBesideTheFrontOverTasksWhateverTheirDirection() {
    Measure accuracy =
        new Measure("acc", "accuracy", Direction.HIGHER_IS_BETTER, Measure.Aggregate.MEAN);
    List<Objective.Term> terms =
        List.of(TERMS.get(0), new Objective.Term("quiz", accuracy, 1, OptionalDouble.of(1)));
    ScoredTasks tasks =
        ScoredTasks.of(
            terms,
            new TreeMap<>(
                Map.of(
                    EvaluationRows.TASK,
                    new TreeMap<>(Map.of(EvaluationRows.MEASURE, new ExampleValues(1, 1, 1, 1))),
                    "quiz",
                    new TreeMap<>(Map.of("acc", new ExampleValues(1, 1, 1, 1))))));
    List<EvaluationRow> rows =
        List.of(
            scored(Mixture.none(), 3, 4, 5, 6),
            quiz(Mixture.none(), 0, 0, 0, 1),
            scored(A, 1, 2, 3, 4),
            quiz(A, 1, 0, 0, 1),
            scored(B, 2, 3, 4, 5),
            quiz(B, 1, 1, 1, 1),
            scored(AB, 1.9, 3.4, 3.8, 5.1),
            quiz(AB, 1, 1, 0, 1),
            scored(AC, 2.5, 3.5, 4.5, 5.5),
            quiz(AC, .5, .5, .5, .5),
            scored(Mixture.parse("c"), 1, 2),
            quiz(Mixture.parse("c"), 1, 1));

    RankedTable table = ranked(terms, tasks, rows);

    assertThat(table.front(10).members()).isEqualTo(2);
    assertThat(table.front(10).tied()).isEqualTo(1);
    assertThat(table.front(10).rows())
        .extracting(row -> row.mixture() + " " + row.front())
        .containsExactlyInAnyOrder("a FRONT", "b FRONT", "a+b TIED", "a+c BEHIND");
    assertThat(table.front(10).best()).isEqualTo(table.front(2).rows());
    assertThat(table.find("c").orElseThrow().front()).isEqualTo(FrontPlace.UNTOLD);
  }

  @Test
  void seesNoFrontOverOneTask() {
    RankedTable table = ranked(scored(A, 1, 2, 3, 4), scored(B, 2, 3, 4, 5));

    assertThat(table.front(10)).isEqualTo(new Front(0, 0, List.of()));
  }

  private static EvaluationRow quiz(Mixture mixture, double... scores) {
    EvaluationRow row = scored(mixture, scores);
    return new EvaluationRow(
        row.key(),
        mixture,
        "quiz",
        "acc",
        row.range(),
        row.strategy(),
        row.number(),
        row.status(),
        row.error(),
        row.scores(),
        0,
        0,
        row.device());
  }

  private RankedTable ranked(EvaluationRow... rows) {
    return ranked(TERMS, TASKS, List.of(rows));
  }

  private RankedTable ranked(
      List<Objective.Term> terms, ScoredTasks tasks, List<EvaluationRow> rows) {
    EvaluationsTable evaluations =
        new EvaluationsTable(spark, Location.of(folder.resolve("evaluations")));
    evaluations.append("given", 1, context.parallelize(rows, 2));
    Objective objective =
        Objective.of(terms, Ranking.scores(evaluations.read(), Mixture.none(), tasks));
    RankedTable table = new RankedTable(spark, Location.of(folder.resolve("ranked")));
    table.write(
        Ranking.rows(evaluations.read(), mixture -> mixture.size() > 0, tasks, objective, Map.of()),
        objective.scoreUnit());
    return table;
  }
}
