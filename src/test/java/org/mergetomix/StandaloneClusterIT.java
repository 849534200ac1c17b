package org.mergetomix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.spark.SearchAction;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.testing.Await;
import org.mergetomix.testing.ExecutorProcess;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;
import org.mergetomix.testing.SparkSubmit;
import org.mergetomix.testing.StandaloneCluster;

/** The jar on a standalone cluster of two workers with a core each. */
@ExtendWith(SparkSessionExtension.class)
@Timeout(480)
class StandaloneClusterIT {

  private static final Pattern PAGE =
      Pattern.compile("Successfully started service 'SparkUI' on port (\\d+)");

  private static final Pattern MIXTURES =
      Pattern.compile(
          "(?m)^metrics_merge_to_mix_driver_plugin_org_mergetomix_spark_MetricsPlugin"
              + "_executor_(\\d+)_mixtures_Value\\{[^}]*} ([\\d.]+)");

  @TempDir private Path folder;

  @Test
  void findsTheSameAsInOneProcessAlthoughAnExecutorDiesAndShowsWhatEachDid(SparkSession spark)
      throws Exception {
    SmallRun run = SmallRun.of(folder.resolve("run"));
    String local =
        new SearchAction(spark, run.manifest(), run.configuration(), Progress.SILENT)
            .run()
            .record()
            .rankedDigest();
    SmallRun again = SmallRun.of(folder.resolve("again"));
    try (StandaloneCluster cluster = new StandaloneCluster(folder, 2)) {
      SparkSubmit search =
          SparkSubmit.start(
              folder,
              cluster.master(),
              settings(),
              again.arguments(
                  "search", "--set", "search.round-size=2", "--set", "search.partition-size=1"));
      ExecutorProcess executor = cluster.executor(search, 0);
      // It has evaluated a mixture and told so, since it was given another task; the other executor
      // goes on until there is nothing left for it in the round.
      executor.holdAt(
          "org.mergetomix.executor.Slot", "merge", "org.mergetomix.executor.EvaluateMixtures", 2);
      URI page = page(search);
      SortedMap<Integer, Double> mixtures =
          Await.found(() -> shown(page).filter(shown -> shown.size() == 2), search::log);
      assertThat(mixtures).containsOnlyKeys(0, 1);
      executor.kill();

      assertThat(search.exitCode()).as(search.log()).isZero();
      assertThat(search.log()).doesNotContain("MetricsPlugin returned reply");
      assertThat(search.found("Ranked digest: ([0-9a-f]{64})")).isEqualTo(local);

      SparkSubmit check = SparkSubmit.run(folder, cluster.master(), again.arguments("check"));
      assertThat(check.results()).contains("One executor with 1 slot needs:");
    }
  }

  @Test
  void givesUpWhereNoExecutorEverStarts() throws Exception {
    SmallRun run = SmallRun.of(folder.resolve("run"));
    try (StandaloneCluster cluster = new StandaloneCluster(folder, 0)) {
      SparkSubmit check =
          SparkSubmit.start(
              folder,
              cluster.master(),
              run.arguments("check", "--set", "spark.wait-for-executors=1"));

      assertThat(check.exitCode()).as(check.log()).isEqualTo(ExitCode.USAGE.code());
      assertThat(check.log())
          .contains(
              "Error: No executor could do anything for 1 seconds (an executor was never there).");
    }
  }

  /** Those of deploy/submit, with a page on a free port, and both executors before it begins. */
  private static Map<String, String> settings() throws IOException {
    Map<String, String> settings = new TreeMap<>(ExecutorProcess.SETTINGS);
    settings.put("spark.plugins", "org.mergetomix.spark.MetricsPlugin");
    settings.put("spark.metrics.namespace", "merge-to-mix");
    for (String line : Files.readAllLines(Path.of("deploy", "metrics.properties"))) {
      if (line.contains("=")) {
        settings.put(
            "spark.metrics.conf." + line.substring(0, line.indexOf('=')),
            line.substring(line.indexOf('=') + 1));
      }
    }
    settings.put("spark.ui.enabled", "true");
    settings.put("spark.ui.port", "0");
    settings.put("spark.cores.max", "2");
    settings.put("spark.scheduler.minRegisteredResourcesRatio", "1");
    settings.put("spark.scheduler.maxRegisteredResourcesWaitingTime", "120s");
    return settings;
  }

  private static URI page(SparkSubmit submit) {
    Matcher started = PAGE.matcher(submit.log());
    assertThat(started.find()).as(submit.log()).isTrue();
    return URI.create("http://127.0.0.1:%s/metrics/prometheus/".formatted(started.group(1)));
  }

  /** How many mixtures each executor evaluated, as the page says; empty where it says nothing. */
  private static Optional<SortedMap<Integer, Double>> shown(URI page) throws IOException {
    HttpResponse<String> answer;
    try {
      answer =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException interruption) {
      throw new AssertionError(interruption);
    }
    SortedMap<Integer, Double> mixtures = new TreeMap<>();
    Matcher shown = MIXTURES.matcher(answer.body());
    while (shown.find()) {
      if (!shown.group(2).equals("0")) {
        mixtures.put(Integer.valueOf(shown.group(1)), Double.valueOf(shown.group(2)));
      }
    }
    return mixtures.isEmpty() ? Optional.empty() : Optional.of(mixtures);
  }
}
