package org.mergetomix.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ScoreUnit;
import org.mergetomix.testing.DatasetComparisons;
import org.mergetomix.testing.Golden;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class RankedTableTest {

  private static final Estimate NONE = new Estimate(Double.NaN, Double.NaN);

  @TempDir private Path folder;

  private SparkSession spark;
  private JavaSparkContext context;

  @BeforeEach
  void open(SparkSession session, JavaSparkContext sparkContext) {
    spark = session;
    context = sparkContext;
  }

  @Test
  void hasTheColumnsThatNotebooksRelyOn() {
    RankedTable table = write(Direction.LOWER_IS_BETTER, scored("a", 1));

    Golden.assertMatches(
        RankedTableTest.class, "ranked-schema.txt", Golden.text(table.dataset().schema()));
    assertThat(spark.read().parquet(folder.resolve("ranked").toString()).columns())
        .isEqualTo(table.dataset().columns());
  }

  @Test
  void ranksTheLowestScoreFirst() {
    RankedTable table =
        write(Direction.LOWER_IS_BETTER, scored("a", 3), scored("b", 1), scored("c", 2));

    assertThat(mixtures(table.top(10))).containsExactly("b", "c", "a");
    assertThat(table.at(1).rank()).isEqualTo(OptionalLong.of(1));
    assertThat(table.at(3).mixture()).isEqualTo("a");
  }

  @Test
  void ranksTheHighestScoreFirstWhereHigherIsBetter() {
    RankedTable table =
        write(Direction.HIGHER_IS_BETTER, scored("a", 3), failed("x"), scored("b", 4));

    assertThat(mixtures(table.top(10))).containsExactly("b", "a");
    assertThat(places(table)).containsExactly("1 b", "2 a", "- x");
  }

  @Test
  void ordersEqualScoresByTheMixturesId() {
    RankedTable table =
        write(Direction.LOWER_IS_BETTER, scored("c", 1), scored("a+c", 1), scored("a", 1));

    assertThat(mixtures(table.top(10))).containsExactly("a", "a+c", "c");
  }

  @Test
  void putsFailedMixturesLastWithoutARank() {
    RankedTable table =
        write(Direction.LOWER_IS_BETTER, failed("a"), scored("b", 9), failed("0"), scored("c", 8));

    assertThat(places(table)).containsExactly("1 c", "2 b", "- 0", "- a");
    RankedRow row = table.find("a").orElseThrow();
    assertThat(row.rank()).isEmpty();
    assertThat(row.error()).isEqualTo("The score is not a number");
    assertThat(row.score()).isEqualTo(NONE);
    assertThat(row.gap()).isEqualTo(NONE);
  }

  @Test
  void readsBackWhatWasWritten() {
    RankedTable table = table("ranked");
    table.write(
        context.parallelize(List.of(1), 1).map(RankedTableTest::ratio),
        new ScoreUnit("bits per byte", Direction.LOWER_IS_BETTER));

    assertThat(table.find("a:0.25+b:0.75")).contains(ratio(1));
    assertThat(table.find("a")).isEmpty();
    assertThat(ratio(1).size()).isEqualTo(2);
  }

  @Test
  void countsTheMixturesThatTieWithTheBest() {
    RankedTable table =
        write(Direction.LOWER_IS_BETTER, scored("a", 1), scored("b", 2), failed("c"));

    assertThat(table.counts())
        .isEqualTo(new RankedCounts(1, 2, new SeenExamples(new TreeMap<>(Map.of(10L, 2L)))));
    assertThat(table.dataset().where("tied IS NULL").count()).isEqualTo(1);
  }

  @Test
  void replacesAnEarlierTable() {
    write(Direction.LOWER_IS_BETTER, scored("a", 1), scored("b", 2));

    RankedTable table = write(Direction.LOWER_IS_BETTER, scored("c", 3));

    assertThat(places(table)).containsExactly("1 c");
  }

  @Test
  void doesNotDependOnTheOrderOfItsRows() {
    List<Entry> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      rows.add(scored("m" + i, i % 7));
    }
    RankedTable table = table("ranked");
    table.write(
        context.parallelize(rows, 3).map(Entry::row),
        new ScoreUnit("bits per byte", Direction.LOWER_IS_BETTER));
    Collections.reverse(rows);
    RankedTable reversed = table("reversed");
    reversed.write(
        context.parallelize(rows, 5).map(Entry::row),
        new ScoreUnit("bits per byte", Direction.LOWER_IS_BETTER));

    DatasetComparisons.assertSameRowsInOrder(
        table.dataset().orderBy("rank"), reversed.dataset().orderBy("rank"));
    assertThat(reversed.digest()).isEqualTo(table.digest());
  }

  @Test
  void changesItsDigestWithTheLastBitOfAScore() {
    String digest = write(Direction.LOWER_IS_BETTER, scored("a", 1), scored("b", 2)).digest();

    assertThat(write(Direction.LOWER_IS_BETTER, scored("a", 1), scored("b", 2)).digest())
        .isEqualTo(digest)
        .matches("[0-9a-f]{64}");
    assertThat(
            write(Direction.LOWER_IS_BETTER, scored("a", 1), scored("b", Math.nextUp(2.0)))
                .digest())
        .isNotEqualTo(digest);
    assertThat(write(Direction.LOWER_IS_BETTER, scored("a", 1), scored("c", 2)).digest())
        .isNotEqualTo(digest);
    assertThat(write(Direction.LOWER_IS_BETTER, scored("a", 1), failed("b")).digest())
        .isNotEqualTo(digest);
    assertThat(write(Direction.LOWER_IS_BETTER, scored("a", 1)).digest()).isNotEqualTo(digest);
  }

  /** Known from outside: the same answer has the same digest on every machine, in every version. */
  @Test
  void keepsItsDigest() {
    assertThat(
            write(Direction.LOWER_IS_BETTER, scored("a", 1), scored("b", 2.5), failed("c"))
                .digest())
        .isEqualTo(sha256("1\ta\t0x1.0p0\n2\tb\t0x1.4p1\nfailed\tc\n"));
  }

  private static String sha256(String text) {
    return DigestUtils.sha256Hex(text);
  }

  private RankedTable write(Direction direction, Entry... rows) {
    RankedTable table = table("ranked");
    table.write(
        context.parallelize(List.of(rows), 2).map(Entry::row), new ScoreUnit("score", direction));
    return table;
  }

  private RankedTable table(String name) {
    return new RankedTable(spark, Location.of(folder.resolve(name)));
  }

  private static List<String> places(RankedTable table) {
    return table.dataset().select("rank", "mixture").collectAsList().stream()
        .map(RankedTableTest::place)
        .toList();
  }

  private static String place(Row row) {
    return (row.isNullAt(0) ? "-" : row.getLong(0)) + " " + row.getString(1);
  }

  private static List<String> mixtures(List<RankedRow> rows) {
    return rows.stream().map(RankedRow::mixture).toList();
  }

  private static Entry scored(String mixture, double score) {
    return new Entry(mixture, score);
  }

  private static Entry failed(String mixture) {
    return new Entry(mixture, Double.NaN);
  }

  /** What a row is made of where it is computed: rows themselves are never shipped. */
  private record Entry(String id, double score) implements Serializable {

    RankedRow row() {
      boolean failed = Double.isNaN(score);
      SortedMap<String, Estimate> tasks = new TreeMap<>();
      if (!failed) {
        tasks.put("task", new Estimate(score, 0.5));
      }
      return new RankedRow(
          OptionalLong.empty(),
          id,
          Mixture.parse(id).datasets(),
          Mixture.parse(id).weights(),
          failed ? NONE : new Estimate(score, 0.5),
          failed ? NONE : new Estimate(0, 0),
          Optional.empty(),
          FrontPlace.UNTOLD,
          tasks,
          failed ? 0 : 10,
          false,
          failed ? RowStatus.FAILED : RowStatus.OK,
          failed ? "The score is not a number" : "",
          0.25,
          1.5);
    }
  }

  private static RankedRow ratio(int rank) {
    SortedMap<String, Estimate> tasks = new TreeMap<>();
    tasks.put("task", new Estimate(1.5, 0.25));
    tasks.put("other", new Estimate(2.5, Double.NaN));
    return new RankedRow(
        OptionalLong.of(rank),
        "a:0.25+b:0.75",
        List.of("a", "b"),
        List.of(0.25, 0.75),
        new Estimate(2, 0.5),
        new Estimate(0, 0),
        Optional.of(new RankInterval(1, 4, 0.5)),
        FrontPlace.TIED,
        tasks,
        10,
        false,
        RowStatus.OK,
        "",
        0.125,
        2);
  }
}
