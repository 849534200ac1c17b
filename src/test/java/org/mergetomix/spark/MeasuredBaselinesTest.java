package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.UserException;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.statistics.BaselineChoice;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class MeasuredBaselinesTest {

  @TempDir private Path folder;

  @Test
  void showsInASearchWhatTheBasesLossOnEachDatasetWouldChoose(SparkSession spark)
      throws IOException {
    SmallRun run = SmallRun.of(folder);
    Files.copy(run.text("b"), run.text("task"), StandardCopyOption.REPLACE_EXISTING);

    SearchAction.Result result =
        new SearchAction(
                spark, run.manifest(), run.configuration("baselines.rows=1000"), Progress.SILENT)
            .run();

    SortedMap<String, SortedMap<String, Double>> numbers = result.record().start().baselines();
    double scored = result.record().search().base().get("task").value();
    assertThat(numbers.get("b").get("base loss")).isCloseTo(scored, within(1e-5));
    assertThat(numbers.values())
        .allSatisfy(
            known -> {
              assertThat(known).containsOnlyKeys("base loss", "base log-likelihood", "share");
              assertThat(known.get("base log-likelihood")).isEqualTo(-known.get("base loss"));
              assertThat(known.get("share")).isEqualTo(0.25);
            });
    List<String> hardestFirst =
        SmallRun.DATASETS.stream()
            .sorted(Comparator.comparingDouble(id -> -numbers.get(id).get("base loss")))
            .toList();
    List<String> easiestFirst = new ArrayList<>(hardestFirst);
    Collections.reverse(easiestFirst);
    int size = result.top().get(0).size();
    assertThat(result.baselines())
        .extracting(BaselineChoice::baseline, BaselineChoice::mixture)
        .contains(
            tuple("base loss", Mixture.subset(hardestFirst.subList(0, size)).id()),
            tuple("base log-likelihood", Mixture.subset(easiestFirst.subList(0, size)).id()));
    assertThat(result.baselines()).allMatch(choice -> choice.row().isPresent());
  }

  @Test
  void drawsASampleByTheSeedWhateverTheOrderOfTheRows(SparkSession spark) throws IOException {
    SmallRun run = SmallRun.withoutExperts(folder);

    Manifest found = measured(spark, run, "baselines.rows=5");

    assertThat(found.baselines())
        .isNotEqualTo(measured(spark, run, "baselines.rows=6").baselines());
    assertThat(found.baselines())
        .isNotEqualTo(measured(spark, run, "baselines.rows=5", "seed=2").baselines());
    for (String dataset : SmallRun.DATASETS) {
      List<String> rows = new ArrayList<>(Files.readAllLines(run.text(dataset)));
      Collections.shuffle(rows, new Random(dataset.hashCode()));
      rows.add(4, "");
      run.writeText(dataset, rows);
    }
    assertThat(measured(spark, run, "baselines.rows=5").baselines()).isEqualTo(found.baselines());
  }

  @Test
  void leavesWhatTheManifestSaysAndMeasuresTheRest(SparkSession spark) {
    SmallRun run = SmallRun.withoutExperts(folder);
    Manifest told =
        run.manifest()
            .with(
                run.manifest().datasets().stream()
                    .map(dataset -> dataset.knowing(Map.of("share", 7.0)))
                    .toList());

    Manifest found = MeasuredBaselines.added(spark, told, run.configuration("baselines.rows=2"));

    assertThat(found.baselines().values())
        .allSatisfy(
            known ->
                assertThat(known)
                    .containsEntry("share", 7.0)
                    .containsOnlyKeys("share", "base loss", "base log-likelihood"));
    assertThat(MeasuredBaselines.added(spark, told, run.configuration())).isEqualTo(told);
    assertThat(MeasuredBaselines.added(spark, found, run.configuration("baselines.rows=3")))
        .isEqualTo(found);
  }

  @Test
  void refusesDatasetsWithoutDataBeforeAnythingIsMeasured(SparkSession spark) throws IOException {
    SmallRun run = SmallRun.of(folder);
    Files.delete(run.text("c"));
    Files.writeString(
        run.manifestFile(),
        Files.readString(run.manifestFile()).replaceFirst("\\s+data = \"?a.txt\"?", ""));

    for (ThrowingRun refused :
        List.<ThrowingRun>of(
            settings -> new CheckAction(spark, run.manifest(), run.configuration(settings)).run(),
            settings ->
                new SearchAction(
                        spark, run.manifest(), run.configuration(settings), Progress.SILENT)
                    .run())) {
      assertThatThrownBy(() -> refused.with("baselines.rows=5"))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("Dataset a has no data, of which baselines could be measured")
          .hasMessageContaining("set baselines.rows to 0")
          .hasMessageContaining("c.txt");
    }
    assertThat(run.output()).doesNotExist();
  }

  @FunctionalInterface
  private interface ThrowingRun {
    Object with(String... settings);
  }

  @Test
  void refusesDataWithoutATextAndABaseThatAnswersWithNoNumber(SparkSession spark)
      throws IOException {
    SmallRun run = SmallRun.of(folder);
    List<String> rows = Files.readAllLines(run.text("a"));
    run.writeText("a", List.of("", " "));

    assertThatThrownBy(() -> measured(spark, run, "baselines.rows=5"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("The data holds no example")
        .hasMessageContaining("a.txt");

    run.writeText("a", rows);
    run.breakExpert("b");
    Files.copy(run.expert("b"), run.base(), StandardCopyOption.REPLACE_EXISTING);

    assertThatThrownBy(() -> measured(spark, run, "baselines.rows=5"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("The score is not a number (data of dataset a)");
  }

  private static Manifest measured(SparkSession spark, SmallRun run, String... settings) {
    return MeasuredBaselines.added(spark, run.manifest(), run.configuration(settings));
  }
}
