package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.problem.UserException;
import org.mergetomix.table.PreflightRecord;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class CheckActionTest {

  @TempDir private Path folder;

  private SparkSession spark;
  private SmallRun run;

  @BeforeEach
  void prepare(SparkSession session) {
    spark = session;
    run = SmallRun.of(folder);
  }

  @Test
  void countsWhatASearchWouldDo() throws IOException {
    Files.delete(run.expert("c"));

    assertThat(check("search.maximum-size=2"))
        .isEqualTo(new CheckAction.Result(4, 10, List.of("c"), List.of()));
    assertThat(run.output()).doesNotExist();
  }

  @Test
  void namesEveryMissingFileAtOnce() throws IOException {
    Files.delete(run.base());
    Files.delete(run.text("task"));
    Files.delete(run.text("confirm"));
    Files.delete(run.expert("a"));
    Files.delete(run.text("a"));

    assertThatThrownBy(this::check)
        .isInstanceOfSatisfying(
            UserException.class,
            refusal ->
                assertThat(refusal.problems())
                    .extracting(problem -> problem.where())
                    .containsExactlyInAnyOrder(
                        run.base().toString(),
                        run.text("task").toString(),
                        run.text("confirm").toString(),
                        run.text("a").toString()));
  }

  @Test
  void readsEveryText() throws IOException {
    Files.write(run.text("a"), new byte[] {(byte) 0xff, (byte) 0xfe});
    run.writeText("confirm", List.of(" "));

    assertThatThrownBy(this::check)
        .isInstanceOfSatisfying(
            UserException.class,
            refusal ->
                assertThat(refusal.problems())
                    .extracting(problem -> problem.message())
                    .containsExactlyInAnyOrder(
                        "Not UTF-8 text (%s:1).".formatted(run.text("a"))
                            + " Convert it to UTF-8, one example a line.",
                        "The data holds no example (%s). Write one example a line."
                            .formatted(run.text("confirm"))));
  }

  @Test
  void findsABrokenModelABrokenExpertAndABrokenTextAtOnce() throws IOException {
    Files.writeString(run.graph(), "no graph");
    Files.writeString(run.expert("b"), "no tensors");
    run.writeText("task", List.of(" "));

    assertThatThrownBy(this::check)
        .isInstanceOfSatisfying(
            UserException.class,
            refusal ->
                assertThat(refusal.problems())
                    .extracting(problem -> problem.where())
                    .containsExactlyInAnyOrder(
                        run.manifest().base().model().toString(),
                        run.expert("b").toString(),
                        run.text("task").toString()));
  }

  @Test
  void measuresTheExpertsThatAreThere() throws IOException {
    Files.delete(run.expert("a"));
    Files.copy(run.base(), run.expert("b"), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(run.expert("c"), run.expert("d"), StandardCopyOption.REPLACE_EXISTING);

    PreflightRecord figures = action().measure();

    assertThat(figures.experts()).containsOnlyKeys("b", "c", "d");
    assertThat(figures.experts().get("b").drift()).isZero();
    assertThat(figures.cosine("c", "d")).isCloseTo(1, within(1e-12));
    assertThat(figures.warnings())
        .anyMatch(warning -> warning.startsWith("An expert is the base itself"))
        .anyMatch(warning -> warning.startsWith("Two experts are the same"));
    assertThat(run.output()).doesNotExist();
  }

  @Test
  void findsTheSameFiguresAsASearch() {
    assertThat(action().measure())
        .isEqualTo(
            new SearchAction(spark, run.manifest(), run.configuration(), Progress.SILENT)
                .run()
                .record()
                .preflight());
  }

  @Test
  void measuresNothingWithoutExperts() throws IOException {
    for (String dataset : SmallRun.DATASETS) {
      Files.delete(run.expert(dataset));
    }

    assertThat(action().measure()).isEqualTo(PreflightRecord.NONE);
  }

  private CheckAction action() {
    return new CheckAction(spark, run.manifest(), run.configuration());
  }

  private CheckAction.Result check(String... settings) {
    return new CheckAction(spark, run.manifest(), run.configuration(settings)).run();
  }
}
