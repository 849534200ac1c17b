package org.mergetomix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.spark.FineTuneAction;
import org.mergetomix.spark.SearchAction;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.table.RunRecord;
import org.mergetomix.testing.EventLog;
import org.mergetomix.testing.S3Extension;
import org.mergetomix.testing.S3Server;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;
import org.mergetomix.testing.SparkSubmit;

/** The jar through spark-submit, with executors of their own and an output in S3. */
@ExtendWith({SparkSessionExtension.class, S3Extension.class})
class S3SubmitIT {

  private static final String CLUSTER = "local-cluster[2,1,1024]";

  @TempDir private static Path folder;

  private static SmallRun local;
  private static String bucket;
  private static SparkSubmit search;
  private static SparkSubmit fidelity;

  /** From datasets to a winner, with everything in S3. */
  @BeforeAll
  static void submit(S3Server s3) throws Exception {
    local = SmallRun.withoutExperts(folder.resolve("local"));
    bucket = s3.newBucket();
    upload(local.folder(), s3, bucket);
    String[] places = {
      "--set", "manifest=s3a://" + bucket + "/manifest.conf",
      "--set", "output=s3a://" + bucket + "/run",
      "--set", "cache.directory=" + folder.resolve("cache")
    };

    SparkSubmit.run(folder, "local[2]", settings(s3), local.arguments("finetune", places));
    search = SparkSubmit.run(folder, CLUSTER, settings(s3), local.arguments("search", places));
    fidelity =
        SparkSubmit.run(folder, "local[2]", settings(s3), local.arguments("fidelity", places));
  }

  private static void upload(Path directory, S3Server s3, String bucket) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        s3.write(bucket, directory.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
  }

  @Test
  void goesFromDatasetsInS3ToARankingInS3AsOnThisMachine(SparkSession spark, S3Server s3)
      throws Exception {
    new FineTuneAction(spark, local.manifest(), local.configuration(), Progress.SILENT).run();
    RunRecord expected =
        new SearchAction(spark, local.manifest(), local.configuration(), Progress.SILENT)
            .run()
            .record();

    for (String dataset : SmallRun.DATASETS) {
      assertThat(s3.read(bucket, "experts/" + dataset + ".safetensors"))
          .isEqualTo(Files.readAllBytes(local.expert(dataset)));
    }
    assertThat(search.found("Ranked digest: ([0-9a-f]{64})")).isEqualTo(expected.rankedDigest());
    String record = new String(s3.read(bucket, "run/run.json"), StandardCharsets.UTF_8);
    assertThat(record)
        .contains("\"id\" : \"" + expected.runId() + "\"")
        .contains("\"ranked_digest\" : \"" + expected.rankedDigest() + "\"")
        .contains("s3a://" + bucket + "/experts/a.safetensors");
    assertThat(search.results()).contains("Report: s3a://" + bucket + "/run/report.html");
    assertThat(fidelity.results()).contains("really fine-tuned: s3a://" + bucket + "/");
    assertThat(s3.keys(bucket, "run/models/"))
        .isNotEmpty()
        .allMatch(key -> key.endsWith(".safetensors"));
    String mark =
        s3.keys(bucket, "run/evaluations/").stream()
            .filter(key -> key.endsWith("/_SUCCESS"))
            .findFirst()
            .orElseThrow();
    assertThat(new String(s3.read(bucket, mark), StandardCharsets.UTF_8))
        .contains("\"committer\":\"magic\"");
  }

  @Test
  void showsInSparksPagesWhatItIsAndWhatItDoes() throws Exception {
    assertThat(EventLog.names(folder.resolve("events"))).isNotEmpty().containsOnly("merge-to-mix");
    assertThat(EventLog.undescribed(folder.resolve("events"))).isEmpty();
  }

  @Test
  void showsTheSecretNowhere(SparkSession spark, S3Server s3) throws Exception {
    // Event logs, the logs of the executors, what was printed: all of it lies here.
    assertThat(files("events")).isNotEmpty();
    assertThat(files("").filter(file -> file.endsWith("stderr"))).isNotEmpty();
    for (Path file : files("").toList()) {
      assertHoldsNot(s3.secretKey(), file.toString(), Files.readAllBytes(file));
    }
    for (String key : s3.keys(bucket, "")) {
      assertHoldsNot(s3.secretKey(), key, s3.read(bucket, key));
    }
    for (String table : List.of("evaluations", "ranked", "fidelity")) {
      assertThat(rows(spark, s3, "s3a://" + bucket + "/run/" + table))
          .isNotEmpty()
          .noneMatch(row -> row.contains(s3.secretKey()));
    }
  }

  @Test
  void showsNoSecretInAFailure(S3Server s3) throws Exception {
    SmallRun run = SmallRun.of(folder.resolve("inputs"));
    String wrong = "0123456789abcdef-wrong-secret";
    Map<String, String> settings = settings(s3);
    settings.put("spark.hadoop.fs.s3a.secret.key", wrong);

    SparkSubmit refused =
        SparkSubmit.start(
            folder,
            "local[2]",
            settings,
            run.arguments("search", "--set", "output=s3a://" + s3.newBucket() + "/run"));

    assertThat(refused.exitCode()).as(refused.log()).isEqualTo(3);
    assertThat(refused.log()).contains("Error: The store denies access (s3a://");
    for (Path file : files("").toList()) {
      assertHoldsNot(wrong, file.toString(), Files.readAllBytes(file));
    }
  }

  private static Map<String, String> settings(S3Server s3) throws IOException {
    Map<String, String> settings = new TreeMap<>();
    s3.settings().forEach((key, value) -> settings.put("spark.hadoop." + key, value));
    settings.put("spark.eventLog.enabled", "true");
    settings.put("spark.eventLog.compress", "false");
    settings.put(
        "spark.eventLog.dir", Files.createDirectories(folder.resolve("events")).toUri().toString());
    return settings;
  }

  private static Stream<Path> files(String below) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(below))) {
      return files.filter(Files::isRegularFile).toList().stream();
    }
  }

  private static List<String> rows(SparkSession spark, S3Server s3, String table) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    s3.settings().forEach(hadoop::set);
    try {
      return spark.read().parquet(table).toJSON().collectAsList();
    } finally {
      s3.settings().keySet().forEach(hadoop::unset);
    }
  }

  private static void assertHoldsNot(String secret, String name, byte[] bytes) {
    assertThat(new String(bytes, StandardCharsets.ISO_8859_1).contains(secret)).as(name).isFalse();
  }
}
