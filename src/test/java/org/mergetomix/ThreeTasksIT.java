package org.mergetomix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.testing.S3Extension;
import org.mergetomix.testing.S3Server;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;
import org.mergetomix.testing.SparkSubmit;

/** Three tasks of three units: bits per byte, nats where more is better, and nats where less is. */
@ExtendWith({SparkSessionExtension.class, S3Extension.class})
class ThreeTasksIT {

  private static final String TASKS =
      """
      tasks = [
        { id = words, kind = language-modelling, data = task.txt, weight = 2 }
        { id = next, kind = multiple-choice, data = next.jsonl, measure = margin, scale = 0.1 }
        { id = mood, kind = classification, data = mood.jsonl, labels = [up, down], measure = nll }
      ]
      """;

  @TempDir private Path folder;

  @Test
  void areRankedOnTwoExecutorsInAStoreAsOnOneCoreHere(SparkSession spark, S3Server s3)
      throws Exception {
    SmallRun here = run("here");
    SmallRun there = run("there");
    String bucket = s3.newBucket();
    try (Stream<Path> files = Files.walk(there.folder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        s3.write(bucket, there.folder().relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    Map<String, String> settings = new TreeMap<>();
    s3.settings().forEach((key, value) -> settings.put("spark.hadoop." + key, value));

    SparkSubmit local = SparkSubmit.run(folder, "local[1]", here.arguments("search"));
    SparkSubmit cluster =
        SparkSubmit.run(
            folder,
            "local-cluster[2,1,1024]",
            settings,
            there.arguments(
                "search",
                "--set",
                "manifest=s3a://" + bucket + "/manifest.conf",
                "--set",
                "output=s3a://" + bucket + "/run",
                "--set",
                "cache.directory=" + folder.resolve("cache"),
                "--set",
                "search.partition-size=2"));

    assertThat(told(cluster)).isEqualTo(told(local));
    assertThat(told(local))
        .contains("rank  mixture  gain over the base  gap to the best")
        .anyMatch(line -> line.startsWith("Asked:     which of 4 datasets, by the weighted mean"))
        .anyMatch(line -> line.startsWith("Trade-off: no mixture is better on every task than"));
    List<String> ranked = ranked(spark, here.output().resolve("ranked").toString());
    assertThat(ranked).hasSize(SmallRun.MIXTURES);
    assertThat(ranked)
        .anyMatch(row -> row.contains("\"pareto\":\"front\""))
        .anyMatch(row -> !row.contains("\"pareto\":\"front\""))
        .allMatch(row -> row.matches(".*\"task_scores\":\\{\"mood\":.*,\"next\":.*,\"words\":.*"));
    assertThat(inStore(spark, s3, "s3a://" + bucket + "/run/ranked")).isEqualTo(ranked);
    assertThat(new String(s3.read(bucket, "run/report.html"), StandardCharsets.UTF_8))
        .contains("<h2>Trade-off between the tasks</h2>")
        .contains("words, bits per byte", "next, nats", "mood, nats")
        .contains("next 0.2500 with a gain of 0.1 nats as one, words 0.5000");
  }

  private SmallRun run(String name) throws IOException {
    SmallRun run = SmallRun.of(folder.resolve(name));
    String manifest = Files.readString(run.manifestFile());
    Files.writeString(
        run.manifestFile(), manifest.substring(0, manifest.indexOf("tasks = [")) + TASKS);
    List<String> questions = new ArrayList<>();
    List<String> moods = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      String text = Character.toString('a' + i) + Character.toString('m' + i);
      questions.add(
          "{\"context\": \"%s\", \"choices\": [\"%sx\", \"z\", \"abc\"], \"answer\": %s}"
              .formatted(text, text, i % 3));
      moods.add("{\"text\": \"%s\", \"label\": %s}".formatted(text, i % 2));
    }
    Files.write(run.folder().resolve("next.jsonl"), questions);
    Files.write(run.folder().resolve("mood.jsonl"), moods);
    return run;
  }

  /** All that is printed but where things lie and how long they took. */
  private static List<String> told(SparkSubmit search) {
    return search
        .results()
        .lines()
        .filter(line -> !line.matches("(search|Merging took|Report:) .*"))
        .toList();
  }

  private static List<String> inStore(SparkSession spark, S3Server s3, String table) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    s3.settings().forEach(hadoop::set);
    try {
      return ranked(spark, table);
    } finally {
      s3.settings().keySet().forEach(hadoop::unset);
    }
  }

  private static List<String> ranked(SparkSession spark, String table) {
    return spark
        .read()
        .parquet(table)
        .orderBy("rank")
        .drop("merge_seconds", "evaluate_seconds")
        .toJSON()
        .collectAsList();
  }
}
