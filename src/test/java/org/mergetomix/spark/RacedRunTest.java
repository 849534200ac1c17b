package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.testing.EvaluationRows;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class RacedRunTest {

  private static final int EXAMPLES = 120;

  @TempDir private static Path shared;

  private static SparkSession spark;
  private static SmallRun run;
  private static SearchAction.Result raced;
  private static List<RankedRow> ranked;

  @BeforeAll
  static void race(SparkSession session) {
    spark = session;
    run = SmallRun.of(shared.resolve("raced"));
    run.writeText("task", words());
    raced = search(run, "search.racing=max-t");
    ranked = directory(run).ranked(spark).top(100);
  }

  @Test
  void sparesExamplesAndSaysHowManyEachMixtureSaw() {
    assertThat(raced.evaluatedNow()).isEqualTo(15);
    assertThat(raced.record().counts().evaluated()).isEqualTo(15);
    assertThat(raced.seen().raced()).isTrue();
    assertThat(raced.seen().total()).isEqualTo(15);
    assertThat(raced.seen().share()).isLessThan(.9);
    for (RankedRow row : ranked) {
      long seen =
          rows(run).stream()
              .filter(one -> one.mixture().id().equals(row.mixture()))
              .mapToLong(one -> one.range().size())
              .sum();
      assertThat(row.examples()).as(row.mixture()).isEqualTo(seen);
      assertThat(row.dropped()).isEqualTo(seen < EXAMPLES);
    }
  }

  @Test
  void ranksWhatWasLeftOutAfterTheOthersByItsGap() {
    long whole = raced.seen().whole();
    TreeMap<String, double[]> scores = new TreeMap<>();
    rows(run).stream()
        .sorted((a, b) -> a.range().compareTo(b.range()))
        .forEach(
            row ->
                scores.merge(
                    row.mixture().id(),
                    row.scores().toArray(),
                    (first, more) ->
                        IntStream.range(0, first.length + more.length)
                            .mapToDouble(i -> i < first.length ? first[i] : more[i - first.length])
                            .toArray()));
    double[] weights =
        directory(run).tasks(spark).weights().get("task").get("bits_per_byte").toArray();
    RankedRow best = ranked.get(0);
    for (RankedRow row : ranked) {
      assertThat(row.dropped()).isEqualTo(row.rank().orElseThrow() > whole);
      int seen = (int) row.examples();
      Estimate gap =
          new ExampleScores(scores.get(row.mixture()), Arrays.copyOf(weights, seen))
              .minus(
                  new ExampleScores(
                      Arrays.copyOf(scores.get(best.mixture()), seen),
                      Arrays.copyOf(weights, seen)));
      assertThat(row.gap()).as(row.mixture()).isEqualTo(gap);
      if (row.dropped()) {
        assertThat(row.score().value()).isEqualTo(best.score().value() + gap.value());
        assertThat(row.interval()).isEmpty();
      }
    }
    assertThat(raced.record().surface().basis()).isNotEqualTo("exact");
  }

  @Test
  void findsWhatASearchOfEverythingFinds() {
    SmallRun all = SmallRun.of(shared.resolve("all"));
    all.writeText("task", words());
    List<RankedRow> truth = search(all).top();

    RankedRow found =
        truth.stream()
            .filter(row -> row.mixture().equals(ranked.get(0).mixture()))
            .findFirst()
            .orElseThrow();
    assertThat(found.tied()).isTrue();
    assertThat(ranked.get(0).score()).isEqualTo(found.score());
  }

  @Test
  void startedAgainItEvaluatesNothingAndEndsWithTheSameTable() {
    int rows = rows(run).size();

    SearchAction.Result again = search(run, "search.racing=max-t");

    assertThat(again.evaluatedNow()).isZero();
    assertThat(again.record().rankedDigest()).isEqualTo(raced.record().rankedDigest());
    assertThat(rows(run)).hasSize(rows);
  }

  /** Lines that only mixtures saw which stayed longer. */
  @Test
  void ranksOnExamplesThatSomeSawNothingOf() {
    List<String> last =
        directory(run)
            .tasks(spark)
            .dataset()
            .where("example >= " + (EXAMPLES - 2))
            .selectExpr("columns['line']")
            .distinct()
            .as(Encoders.STRING())
            .collectAsList();
    RankAction.Result found =
        rank("objective.examples=line=" + last.get(0) + ",line=" + last.get(1));

    assertThat(found.unseen()).isPositive().isEqualTo(15 - raced.seen().whole());
    assertThat(found.mixtures()).isEqualTo(raced.seen().whole());
    RankAction.Result usual = rank();
    assertThat(usual.unseen()).isZero();
    assertThat(usual.seen()).isEqualTo(raced.seen());
    assertThat(usual.top()).isEqualTo(raced.top());
  }

  @Test
  void ranksNoMixtureThatTheRunDoesNotRank() {
    SmallRun some = SmallRun.of(shared.resolve("some"));
    search(some, "search.strategy=random", "search.budget=8");
    search(some, "search.maximum-size=1", "search.strategy=exhaustive");

    assertThat(new RankAction(spark, some.configuration()).run().mixtures()).isEqualTo(4);
  }

  @Test
  void aModelCardSaysAfterHowManyExamplesAMixtureWasDropped() {
    RankedRow last = ranked.get(14);
    Path model = shared.resolve("model");

    new ExportAction(spark, run.manifest(), run.configuration())
        .run(Mixture.parse(last.mixture()), Location.of(model));

    assertThat(model.resolve("README.md"))
        .content()
        .contains(
            "Dropped after %s examples from a race of 15 mixtures, of 15"
                .formatted(last.examples()))
        .doesNotContain("rank 15");
  }

  private static RankAction.Result rank(String... settings) {
    return new RankAction(spark, run.configuration(settings)).run();
  }

  private static SearchAction.Result search(SmallRun where, String... settings) {
    return new SearchAction(spark, where.manifest(), where.configuration(settings), Progress.SILENT)
        .run();
  }

  private static List<EvaluationRow> rows(SmallRun where) {
    return EvaluationRows.ofMixtures(directory(where).evaluations(spark));
  }

  private static RunDirectory directory(SmallRun where) {
    return new RunDirectory(
        Location.of(where.output()), spark.sparkContext().hadoopConfiguration());
  }

  private static List<String> words() {
    Random random = new Random(5);
    return IntStream.range(0, EXAMPLES)
        .mapToObj(
            line ->
                random
                    .ints(4 + random.nextInt(8), 'a', 'i')
                    .collect(
                        StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString())
        .toList();
  }
}
