package org.mergetomix.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.holdenkarau.spark.testing.JavaRDDComparisons;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
import org.mergetomix.testing.EvaluationRows;
import org.mergetomix.testing.Golden;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class EvaluationsTableTest {

  private static final EvaluationRow A = EvaluationRows.scored(Mixture.parse("a"), 1.0, 2.0);
  private static final EvaluationRow B =
      EvaluationRows.scoredFrom(7, Mixture.parse("a:0.25+b:0.75"), 3.0, 4.0);
  private static final EvaluationRow FAILED =
      EvaluationRows.failed(Mixture.none(), "The score is NaN");

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
        Golden.text(table.read().dataset().schema()));
    assertThat(EvaluationSchema.SCHEMA.fieldNames()).isEqualTo(table.read().dataset().columns());
  }

  @Test
  void readsBackWhatWasAppended() {
    append(1, A);
    append(1, B);
    append(2, FAILED);

    JavaRDDComparisons.assertRDDEquals(
        context.parallelize(List.of(A, B, FAILED), 1), table.read().rows());
  }

  @Test
  void givesAFailedRowNoScoresAndItsError() {
    append(1, FAILED);

    Row row = table.read().dataset().first();
    assertThat(row.<String>getAs("mixture")).isEmpty();
    assertThat(row.<String>getAs("status")).isEqualTo("failed");
    assertThat(row.<String>getAs("error")).isEqualTo("The score is NaN");
    assertThat(row.getList(row.fieldIndex("example_scores"))).isEmpty();
  }

  @Test
  void knowsWhatIsThereWithoutReadingScores() {
    append(1, A);

    EvaluationRow known = table.read().known().first();
    assertThat(known.key()).isEqualTo(A.key());
    assertThat(known.range()).isEqualTo(A.range());
    assertThat(known.scores().size()).isZero();
  }

  @Test
  void countsTheScoresOfEachKindOfDevice() {
    append(1, A);
    append(2, EvaluationRows.on("gpu", A));
    append(3, B);
    append(4, FAILED);

    assertThat(table.read().devices()).containsExactly(entry("cpu", 2L), entry("gpu", 1L));
    assertThat(
            table.read().dataset().where("status = 'failed'").select("device").first().isNullAt(0))
        .isTrue();
  }

  @Test
  void isEmptyBeforeTheFirstRound() {
    assertThat(table.read().isEmpty()).isTrue();
    assertThat(table.read().devices()).isEmpty();
    assertThat(table.read().spent()).isEqualTo(new Evaluations.Spent(0, 0));
    assertThat(table.read().rows().isEmpty()).isTrue();
  }

  @Test
  void neverWritesOverAnothersRound() {
    append(1, A);
    append(1, B);

    assertThat(table.read().names())
        .hasSize(2)
        .allMatch(name -> name.startsWith("round=exhaustive-0001-"));
    assertThat(table.read().rows().collect()).containsExactlyInAnyOrder(A, B);
  }

  @Test
  void doesNotReadARoundThatWasNotCommitted() throws IOException {
    append(1, A);
    Evaluations appended = append(2, B);
    Files.delete(
        folder.resolve("evaluations").resolve(appended.names().get(0)).resolve("_SUCCESS"));

    assertThat(table.read().rows().collect()).containsExactly(A);
  }

  @Test
  void readsWhatWasThereWhenItWasLookedFor() {
    append(1, A);
    Evaluations before = table.read();
    append(2, B);

    assertThat(before.rows().collect()).containsExactly(A);
    assertThat(table.read().among(before.names()).rows().collect()).containsExactly(A);
  }

  @Test
  void takesNoNoticeOfOtherFiles() throws IOException {
    append(1, A);
    Files.createDirectories(folder.resolve("evaluations/.ipynb_checkpoints"));
    Files.createDirectories(folder.resolve("evaluations/round=7"));

    assertThat(table.read().rows().collect()).containsExactly(A);
  }

  @ParameterizedTest
  @ValueSource(strings = {"run [1] {x} 50% *?, ñ=1", "2026-01-01T00:00:00", "back\\slash"})
  void liesInAFolderOfAnyName(String name) {
    EvaluationsTable odd =
        new EvaluationsTable(spark, Location.of(folder.resolve(name).resolve("evaluations")));
    odd.append("exhaustive", 1, context.parallelize(List.of(A), 1));
    odd.append("exhaustive", 2, context.parallelize(List.of(B), 1));

    assertThat(odd.read().rows().collect()).containsExactlyInAnyOrder(A, B);
  }

  private Evaluations append(int number, EvaluationRow row) {
    return table.append("exhaustive", number, context.parallelize(List.of(row), 1));
  }
}
