package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.testing.EvaluationRows;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class OtherRunTest {

  @TempDir private static Path shared;

  private static SparkSession spark;
  private static SmallRun first;
  private static SearchAction.Result whole;

  @BeforeAll
  static void searchThreeDatasets(SparkSession session) {
    spark = session;
    first = SmallRun.of(shared.resolve("first"));
    search(first, List.of("a", "b", "c"));
    SmallRun undisturbed = SmallRun.of(shared.resolve("undisturbed"));
    whole = search(undisturbed, SmallRun.DATASETS);
  }

  @Test
  void saysThatThereIsNoOtherRun() {
    SmallRun run = SmallRun.of(shared.resolve("alone"));
    Path nothing = shared.resolve("nothing");

    assertThatThrownBy(() -> search(run, SmallRun.DATASETS, "search.reuse=" + nothing))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "There is no run whose rows could be taken over (%s). Correct search.reuse.", nothing);
  }

  @Test
  void aDatasetMoreCostsOnlyWhatIsNew() {
    SmallRun run = SmallRun.of(shared.resolve("more"));

    SearchAction.Result result = search(run, SmallRun.DATASETS, "search.reuse=" + first.output());

    assertThat(result.reused()).isEqualTo(7);
    assertThat(result.evaluatedNow()).isEqualTo(8);
    assertThat(result.record().rankedDigest()).isEqualTo(whole.record().rankedDigest());
    List<EvaluationRow> rows = rows(run);
    assertThat(rows).hasSize(16);
    assertThat(rows)
        .filteredOn(row -> row.strategy().equals("reused"))
        .hasSize(8)
        .allMatch(row -> row.mergeSeconds() == 0 && row.evaluateSeconds() == 0);

    SearchAction.Result again = search(run, SmallRun.DATASETS, "search.reuse=" + first.output());
    assertThat(again.reused()).isZero();
    assertThat(again.evaluatedNow()).isZero();
    assertThat(rows(run)).hasSameSizeAs(rows);
  }

  @Test
  void aDatasetLessCostsNothing() {
    SmallRun run = SmallRun.of(shared.resolve("less"));

    SearchAction.Result result =
        search(run, List.of("b", "c"), "search.reuse=" + first.output() + "," + first.output());

    assertThat(result.reused()).isEqualTo(3);
    assertThat(result.evaluatedNow()).isZero();
    assertThat(result.record().counts().evaluated()).isEqualTo(3);
  }

  @Test
  void rowsOfAnotherExpertDoNotCount() throws IOException {
    SmallRun run = SmallRun.of(shared.resolve("changed"));
    Files.copy(run.expert("d"), run.expert("c"), StandardCopyOption.REPLACE_EXISTING);

    SearchAction.Result result =
        search(run, List.of("a", "b", "c"), "search.reuse=" + first.output());

    assertThat(result.reused()).isEqualTo(3);
    assertThat(result.evaluatedNow()).isEqualTo(4);
  }

  @Test
  void refusesRowsOfAnotherBaseWithEachDifference() {
    SmallRun run = SmallRun.of(shared.resolve("base"));
    run.writeText("task", List.of("something else"));

    assertThatThrownBy(
            () ->
                search(
                    run,
                    SmallRun.DATASETS,
                    "search.reuse=" + first.output(),
                    "evaluation.batch-size=4",
                    "merge.method=task-arithmetic"))
        .isInstanceOfSatisfying(
            UserException.class,
            refused ->
                assertThat(refused.problems())
                    .extracting(Problem::what)
                    .satisfiesExactly(
                        batch ->
                            assertThat(batch)
                                .isEqualTo(
                                    "The rows of this run cannot be taken over:"
                                        + " evaluation.batch-size is 8 there and 4 here"),
                        method -> assertThat(method).contains(": merge.method is average"),
                        task -> assertThat(task).contains(": task task is ")));
    assertThat(run.output()).doesNotExist();
  }

  private static SearchAction.Result search(
      SmallRun run, List<String> datasets, String... settings) {
    Manifest usual = run.manifest();
    Manifest manifest =
        new Manifest(
            usual.file(),
            usual.base(),
            usual.datasets().stream().filter(one -> datasets.contains(one.id())).toList(),
            usual.tasks());
    return new SearchAction(spark, manifest, run.configuration(settings), Progress.SILENT).run();
  }

  /** One an evaluation, of the three measures that it has. */
  private static List<EvaluationRow> rows(SmallRun run) {
    return new RunDirectory(Location.of(run.output()), spark.sparkContext().hadoopConfiguration())
        .evaluations(spark)
        .read()
        .rows()
        .filter(row -> row.measure().equals(EvaluationRows.MEASURE))
        .collect();
  }
}
