package org.mergetomix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mergetomix.location.Location;
import org.mergetomix.spark.SearchAction;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.testing.EvaluationRows;
import org.mergetomix.testing.EventLog;
import org.mergetomix.testing.ExecutorProcess;
import org.mergetomix.testing.Fault;
import org.mergetomix.testing.FaultyProxy;
import org.mergetomix.testing.S3Extension;
import org.mergetomix.testing.S3Server;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;
import org.mergetomix.testing.SparkSubmit;

/** Executors that die in the middle of their work; the jar runs on two of them. */
@ExtendWith({SparkSessionExtension.class, S3Extension.class})
@Timeout(480)
class FaultsIT {

  private static final String CLUSTER = "local-cluster[2,1,1024]";
  private static final String EVALUATE = "org.mergetomix.executor.EvaluateMixtures";

  /** A mixture a task, so that what is lost can be counted. */
  private static final String[] SMALL = {
    "--set", "search.round-size=6", "--set", "search.partition-size=1"
  };

  @TempDir private static Path shared;

  private static SparkSession spark;
  private static String undisturbed;

  @TempDir private Path folder;

  @BeforeAll
  static void searchUndisturbed(SparkSession session) {
    spark = session;
    SmallRun run = SmallRun.of(shared);
    undisturbed =
        new SearchAction(spark, run.manifest(), run.configuration(), Progress.SILENT)
            .run()
            .record()
            .rankedDigest();
  }

  @ParameterizedTest
  @CsvSource({
    "org.mergetomix.model.LiveModel, write, 30",
    "org.mergetomix.evaluation.TokenBatch, negativeLogLikelihood, 3"
  })
  void losesOneMixtureWithAnExecutorThatIsKilledIn(String type, String method, int times)
      throws Exception {
    SmallRun run = SmallRun.of(folder.resolve("run"));
    Map<String, String> settings = EventLog.settings(folder.resolve("events"));
    settings.putAll(ExecutorProcess.SETTINGS);
    SparkSubmit search =
        SparkSubmit.start(folder, CLUSTER, settings, run.arguments("search", SMALL));

    ExecutorProcess executor = ExecutorProcess.await(search, 0);
    executor.holdAt(type, method, EVALUATE, times);
    executor.kill();

    assertUndisturbed(search, Location.of(run.output()), Map.of());
    assertThat(EventLog.endings(folder.resolve("events"), "Round "))
        .as("the base, every mixture, and the one that was lost")
        .hasSize(SmallRun.MIXTURES + 2)
        .containsOnlyOnce("ExecutorLostFailure")
        .containsOnly("Success", "ExecutorLostFailure");
  }

  @Test
  void fetchesAgainWhatAnExecutorWasFetchingWhenItWasKilled(S3Server s3) throws Exception {
    SmallRun run = SmallRun.of(folder.resolve("run"));
    String bucket = s3.newBucket();
    for (Path file : files(run.folder())) {
      s3.write(bucket, run.folder().relativize(file).toString(), Files.readAllBytes(file));
    }
    String expert = "^GET /" + bucket + "/experts/b.* bytes=\\d+-\\d{6,}$";
    try (FaultyProxy proxy = FaultyProxy.before(s3)) {
      CountDownLatch held = new CountDownLatch(1);
      proxy.spoil(expert, 1, Fault.held(held));
      Map<String, String> settings = new TreeMap<>();
      proxy.settings().forEach((key, value) -> settings.put("spark.hadoop." + key, value));
      SparkSubmit search =
          SparkSubmit.start(
              folder,
              CLUSTER,
              settings,
              run.arguments(
                  "search",
                  "--set",
                  "manifest=s3a://" + bucket + "/manifest.conf",
                  "--set",
                  "output=s3a://" + bucket + "/run",
                  "--set",
                  "cache.directory=" + folder.resolve("cache")));
      assertThat(held.await(2, TimeUnit.MINUTES)).as(search.log()).isTrue();
      fetching(search).kill();

      assertUndisturbed(search, Location.of("s3a://" + bucket + "/run"), s3.settings());
      assertThat(proxy.requests()).filteredOn(line -> line.matches(expert)).hasSize(2);
    }
  }

  /** The one of both executors that waits for bytes which do not come. */
  private static ExecutorProcess fetching(SparkSubmit search) throws Exception {
    List<ExecutorProcess> executors =
        List.of(ExecutorProcess.await(search, 0), ExecutorProcess.await(search, 1));
    while (true) {
      boolean[] fetch = new boolean[executors.size()];
      for (int i = 0; i < fetch.length; i++) {
        fetch[i] = executors.get(i).isIn("org.mergetomix.cache.RemoteStore$RangeReader");
      }
      if (fetch[0] != fetch[1]) {
        return executors.get(fetch[0] ? 0 : 1);
      }
      assertThat(search.isAlive()).as(search.log()).isTrue();
    }
  }

  private static void assertUndisturbed(
      SparkSubmit search, Location output, Map<String, String> settings)
      throws InterruptedException {
    assertThat(search.exitCode()).as(search.log()).isZero();
    assertThat(search.found("Ranked digest: ([0-9a-f]{64})")).isEqualTo(undisturbed);
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    settings.forEach(hadoop::set);
    try {
      assertThat(EvaluationRows.ofMixtures(new RunDirectory(output, hadoop).evaluations(spark)))
          .hasSize(SmallRun.MIXTURES)
          .extracting(EvaluationRow::mixture)
          .doesNotHaveDuplicates();
    } finally {
      settings.keySet().forEach(hadoop::unset);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
