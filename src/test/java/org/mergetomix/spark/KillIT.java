package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.location.Location;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.table.RunRecord;
import org.mergetomix.testing.Commits;
import org.mergetomix.testing.EvaluationRows;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;
import org.mergetomix.testing.SparkSubmit;

/** A search that ends before its time, as a process. */
@ExtendWith(SparkSessionExtension.class)
class KillIT {

  private static final Duration LONGEST = Duration.ofMinutes(2);

  /** A round a mixture: there is time to be killed between two. */
  private static final String[] SMALL_ROUNDS = {"--set", "search.round-size=1"};

  @TempDir private static Path shared;

  private static SparkSession spark;
  private static String undisturbed;

  @TempDir private Path folder;

  @BeforeAll
  static void searchUndisturbed(SparkSession session) {
    spark = session;
    undisturbed = search(SmallRun.of(shared)).record().rankedDigest();
  }

  @Test
  void evaluatesOnlyWhatIsMissingAfterItWasKilled() throws Exception {
    SmallRun run = SmallRun.of(folder.resolve("inputs"));
    SparkSubmit killed =
        SparkSubmit.start(folder, "local[2]", run.arguments("search", SMALL_ROUNDS));
    awaitRound(run, 3, killed);
    killed.kill();

    assertThat(directory(run).require().state()).isEqualTo(RunRecord.State.SEARCHING);
    int committed = committed(run);
    assertThat(committed).isBetween(3, SmallRun.MIXTURES - 1);

    SparkSubmit resumed =
        SparkSubmit.run(folder, "local[2]", run.arguments("search", SMALL_ROUNDS));

    assertThat(resumed.found("\\((\\d+) now\\)"))
        .isEqualTo(Integer.toString(SmallRun.MIXTURES - committed));
    assertThat(resumed.found("Ranked digest: (\\w+)")).isEqualTo(undisturbed);
    assertThat(EvaluationRows.ofMixtures(directory(run).evaluations(spark)))
        .hasSize(SmallRun.MIXTURES)
        .extracting(EvaluationRow::mixture)
        .doesNotHaveDuplicates();
    assertThat(committed(run)).isEqualTo(SmallRun.MIXTURES);
  }

  @Test
  void saysWhatIsKeptWhenItIsInterrupted() throws Exception {
    SmallRun run = SmallRun.of(folder.resolve("inputs"));
    SparkSubmit interrupted =
        SparkSubmit.start(folder, "local[2]", run.arguments("search", SMALL_ROUNDS));
    awaitRound(run, 2, interrupted);
    assertThat(notices(run)).hasSize(1);
    interrupted.interrupt();

    assertThat(interrupted.exitCode()).as(interrupted.log()).isEqualTo(130);
    assertThat(interrupted.log())
        .contains("Interrupted. What is committed is kept: the same command goes on from there.")
        .doesNotContain("Unexpected failure")
        .doesNotContain("Error: ");
    assertThat(interrupted.results()).isEmpty();
    assertThat(directory(run).require().state()).isEqualTo(RunRecord.State.SEARCHING);
    assertThat(halfWritten(run)).isEmpty();
    // A driver of another machine, which cannot see that this process has ended, is not warned.
    assertThat(notices(run)).isEmpty();
    int committed = committed(run);

    SearchAction.Result resumed = search(run);

    assertThat(resumed.evaluatedNow()).isEqualTo(SmallRun.MIXTURES - committed);
    assertThat(resumed.record().rankedDigest()).isEqualTo(undisturbed);
  }

  private static SearchAction.Result search(SmallRun run) {
    return new SearchAction(spark, run.manifest(), run.configuration(), Progress.SILENT).run();
  }

  private static RunDirectory directory(SmallRun run) {
    return new RunDirectory(Location.of(run.output()), new Configuration());
  }

  private static int committed(SmallRun run) throws IOException {
    Path evaluations = run.output().resolve("evaluations");
    return Files.isDirectory(evaluations) ? Commits.of(evaluations, "exhaustive").size() : 0;
  }

  private static List<Path> notices(SmallRun run) throws IOException {
    try (Stream<Path> files = Files.list(run.output().resolve("drivers"))) {
      return files.toList();
    }
  }

  private static List<Path> halfWritten(SmallRun run) throws IOException {
    try (Stream<Path> files = Files.walk(run.folder())) {
      return files.filter(file -> file.toString().endsWith(".tmp")).toList();
    }
  }

  /** Waits until so many rounds are committed: folders appear one in the other. */
  private static void awaitRound(SmallRun run, int rounds, SparkSubmit process) throws Exception {
    long end = System.nanoTime() + LONGEST.toNanos();
    try (WatchService watch = run.folder().getFileSystem().newWatchService()) {
      while (committed(run) < rounds) {
        watchFolders(run, watch);
        assertThat(process.isAlive()).as(process.log()).isTrue();
        assertThat(System.nanoTime()).as(process.log()).isLessThan(end);
        WatchKey changed = watch.poll(200, TimeUnit.MILLISECONDS);
        if (changed != null) {
          changed.pollEvents();
          changed.reset();
        }
      }
    }
  }

  private static void watchFolders(SmallRun run, WatchService watch) throws IOException {
    Path output = run.output();
    for (Path folder : List.of(run.folder(), output, output.resolve("evaluations"))) {
      if (Files.isDirectory(folder)) {
        folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      }
    }
  }
}
