package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.location.Location;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.table.RunRecord;
import org.mergetomix.testing.Await;
import org.mergetomix.testing.Commits;
import org.mergetomix.testing.EvaluationRows;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;
import org.mergetomix.testing.SparkSubmit;

/** Two drivers on one output waste work; they lose none, and mix none. */
@ExtendWith(SparkSessionExtension.class)
@Timeout(480)
class TwoDriversIT {

  private static final String[] SMALL_ROUNDS = {"--set", "search.round-size=4"};

  private static final String WARNING =
      "Another driver is at work on this output, or ended without a word: process ";

  @TempDir private static Path shared;

  private static SparkSession spark;
  private static String undisturbed;

  @TempDir private Path folder;

  private SmallRun run;

  @BeforeAll
  static void searchUndisturbed(SparkSession session) {
    spark = session;
    undisturbed = search(SmallRun.of(shared)).record().rankedDigest();
  }

  @BeforeEach
  void prepare() {
    run = SmallRun.of(folder.resolve("inputs"));
  }

  @Test
  void bothEndWellWhereTwoStartAtOnce() throws Exception {
    SparkSubmit one = SparkSubmit.start(folder, "local[1]", run.arguments("search", SMALL_ROUNDS));
    SparkSubmit other =
        SparkSubmit.start(folder, "local[1]", run.arguments("search", SMALL_ROUNDS));

    for (SparkSubmit driver : List.of(one, other)) {
      assertThat(driver.exitCode()).as(driver.log()).isZero();
      assertThat(driver.found("Ranked digest: (\\w+)")).isEqualTo(undisturbed);
    }
    assertThat(one.log() + other.log()).contains(WARNING);
    assertNothingLostOrMixed();
  }

  @Test
  void goesOnAfterItSleptWhileAnotherFinished() throws Exception {
    SparkSubmit slept =
        SparkSubmit.start(folder, "local[1]", run.arguments("search", SMALL_ROUNDS));
    Await.found(() -> Optional.of(committed()).filter(rounds -> rounds > 0), slept::log);
    slept.signal("STOP");
    try {
      SearchAction.Result other = search(run);
      assertThat(other.record().rankedDigest()).isEqualTo(undisturbed);
      assertThat(other.evaluatedNow()).isBetween(1L, SmallRun.MIXTURES - 4L);
    } finally {
      slept.signal("CONT");
    }

    assertThat(slept.exitCode()).as(slept.log()).isZero();
    assertThat(slept.found("Ranked digest: (\\w+)")).isEqualTo(undisturbed);
    assertNothingLostOrMixed();
  }

  private void assertNothingLostOrMixed() throws IOException {
    RunDirectory directory = new RunDirectory(Location.of(run.output()), new Configuration());
    RunRecord record = directory.require();
    assertThat(record.state()).isEqualTo(RunRecord.State.RANKED);
    assertThat(record.rankedDigest()).isEqualTo(undisturbed);
    assertThat(record.counts().evaluated()).isEqualTo(SmallRun.MIXTURES);
    assertThat(directory.ranked(spark).digest()).isEqualTo(undisturbed);
    List<String> mixtures =
        EvaluationRows.ofMixtures(directory.evaluations(spark)).stream()
            .map(row -> row.mixture().id())
            .toList();
    assertThat(mixtures.stream().distinct()).hasSize(SmallRun.MIXTURES);
    assertThat(mixtures).hasSizeLessThanOrEqualTo(2 * SmallRun.MIXTURES);
    try (Stream<Path> files = Files.walk(run.output())) {
      assertThat(files)
          .noneMatch(file -> file.getFileName().toString().startsWith(".unfinished-"))
          .noneMatch(file -> file.getParent().endsWith("drivers"));
    }
    SearchAction.Result again = search(run);
    assertThat(again.evaluatedNow()).isZero();
    assertThat(again.record().rankedDigest()).isEqualTo(undisturbed);
  }

  private int committed() throws IOException {
    Path evaluations = run.output().resolve("evaluations");
    return Files.isDirectory(evaluations) ? Commits.of(evaluations, "exhaustive").size() : 0;
  }

  private static SearchAction.Result search(SmallRun run) {
    return new SearchAction(spark, run.manifest(), run.configuration(), Progress.SILENT).run();
  }
}
