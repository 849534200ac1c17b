package org.mergetomix.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.holdenkarau.spark.testing.JavaRDDComparisons;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.testing.Golden;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class EvaluationsTableTest {

  private static final EvaluationRow A =
      Evaluations.scored(0, Mixture.subset(List.of("a")), 1.0, 2.0);
  private static final EvaluationRow B =
      Evaluations.scored(1, Mixture.subset(List.of("b")), 3.0, 4.0);

  @TempDir private Path folder;

  private JavaSparkContext context;
  private SparkSession spark;
  private EvaluationsTable table;

  @BeforeEach
  void open(SparkSession session, JavaSparkContext sparkContext) {
    spark = session;
    context = sparkContext;
    table = new EvaluationsTable(session, Location.of(folder.resolve("evaluations")));
  }

  @Test
  void hasTheColumnsThatNotebooksRelyOn() {
    append(1, A);

    Golden.assertMatches(
        EvaluationsTableTest.class,
        "evaluations-schema.txt",
        Golden.text(table.dataset().schema()));
    assertThat(EvaluationSchema.SCHEMA.fieldNames()).isEqualTo(table.dataset().columns());
  }

  @Test
  void readsBackWhatWasAppended() {
    List<EvaluationRow> rows = Evaluations.two();
    append(1, rows.get(0));
    append(2, rows.get(1));

    JavaRDDComparisons.assertRDDEquals(context.parallelize(rows, 1), table.rows());
  }

  @Test
  void saysTheScoreInColumnsOfItsOwn() {
    append(1, A);

    Row row = table.dataset().first();
    assertThat(row.<Double>getAs("score")).isEqualTo(5.0 / 3);
    assertThat(row.<Double>getAs("weighted_sum")).isEqualTo(5.0);
    assertThat(row.<Double>getAs("weight_sum")).isEqualTo(3.0);
    assertThat(row.<Integer>getAs("examples")).isEqualTo(2);
    assertThat(row.<Integer>getAs("size")).isEqualTo(1);
  }

  @Test
  void givesAFailedRowNoScoreAndItsError() {
    append(1, Evaluations.two().get(1));

    Row row = table.dataset().first();
    assertThat(row.isNullAt(row.fieldIndex("score"))).isTrue();
    assertThat(row.isNullAt(row.fieldIndex("standard_error"))).isTrue();
    assertThat(row.<String>getAs("status")).isEqualTo("failed");
    assertThat(row.<String>getAs("error")).isEqualTo("The score is NaN");
    assertThat(row.getList(row.fieldIndex("example_scores"))).isEmpty();
  }

  @Test
  void countsTheScoresOfEachKindOfDevice() {
    ExampleScores scores = A.exampleScores().orElseThrow();
    append(1, A);
    append(2, Evaluations.scoredOn("gpu", 1, Mixture.subset(List.of("b")), scores));
    append(3, Evaluations.scoredOn("cpu", 2, Mixture.subset(List.of("c")), scores));
    append(4, Evaluations.two().get(1));

    assertThat(table.devices()).containsExactly(entry("cpu", 2L), entry("gpu", 1L));
    assertThat(table.dataset().where("status = 'failed'").select("device").first().isNullAt(0))
        .isTrue();
  }

  @Test
  void readsRoundsOfVersionsThatDidNotSayTheDevice() {
    append(1, A);
    table
        .dataset()
        .drop("device")
        .write()
        .parquet(folder.resolve("evaluations/round=exhaustive-0002-0123abcd").toString());

    assertThat(table.devices()).containsExactly(entry("cpu", 1L), entry("unknown", 1L));
    assertThat(table.rows().collect()).extracting(EvaluationRow::device).contains("cpu", "");
  }

  @Test
  void isEmptyBeforeTheFirstRound() {
    assertThat(table.nextRound()).isEqualTo(1);
    assertThat(table.devices()).isEmpty();
    assertThat(table.rows().isEmpty()).isTrue();
  }

  @Test
  void countsRoundsOn() throws IOException {
    append(1, A);
    append(2, B);

    assertThat(table.nextRound()).isEqualTo(3);
    assertThat(round(2)).isDirectory();
  }

  @Test
  void doesNotReadARoundThatWasNotCommitted() throws IOException {
    append(1, A);
    append(2, B);
    uncommit(2);

    assertThat(table.rows().collect()).containsExactly(A);
    assertThat(table.nextRound()).isEqualTo(2);
  }

  @Test
  void keepsTheRoundsOfTwoDriversThatCountAlike() {
    append(1, A);
    append(1, B);

    assertThat(table.rows().collect()).containsExactlyInAnyOrder(A, B);
    assertThat(table.nextRound()).isEqualTo(2);
  }

  @Test
  void takesNoNoticeOfOtherFiles() throws IOException {
    append(1, A);
    Files.createDirectories(folder.resolve("evaluations/.ipynb_checkpoints"));
    Files.createDirectories(folder.resolve("evaluations/round=7"));

    assertThat(table.nextRound()).isEqualTo(2);
    assertThat(table.rows().collect()).containsExactly(A);
  }

  @ParameterizedTest
  @ValueSource(strings = {"run [1] {x} 50% *?, ñ=1", "2026-01-01T00:00:00", "back\\slash"})
  void liesInAFolderOfAnyName(String name) {
    EvaluationsTable odd =
        new EvaluationsTable(spark, Location.of(folder.resolve(name).resolve("evaluations")));
    odd.append(1, context.parallelize(List.of(A), 1));
    odd.append(2, context.parallelize(List.of(B), 1));

    assertThat(odd.rows().collect()).containsExactlyInAnyOrder(A, B);
  }

  private void append(int round, EvaluationRow row) {
    table.append(round, context.parallelize(List.of(row), 1));
  }

  private void uncommit(int round) throws IOException {
    Files.delete(round(round).resolve("_SUCCESS"));
  }

  private Path round(int number) throws IOException {
    String start = "round=exhaustive-000" + number;
    try (Stream<Path> rounds = Files.list(folder.resolve("evaluations"))) {
      return rounds
          .filter(round -> round.getFileName().toString().startsWith(start))
          .findFirst()
          .orElseThrow();
    }
  }
}
