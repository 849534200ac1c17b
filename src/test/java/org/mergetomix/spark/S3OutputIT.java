package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.testing.EvaluationRows;
import org.mergetomix.testing.S3Extension;
import org.mergetomix.testing.S3Server;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

/** A run whose output lies in S3. */
@ExtendWith({SparkSessionExtension.class, S3Extension.class})
@Timeout(300)
class S3OutputIT {

  @TempDir private static Path folder;

  private static SparkSession spark;
  private static S3Server s3;
  private static SmallRun inputs;
  private static String undisturbed;

  private final Map<String, String> settings = new TreeMap<>();
  private String bucket;

  @BeforeAll
  static void searchOnThisMachine(SparkSession session, S3Server server) {
    spark = session;
    s3 = server;
    inputs = SmallRun.of(folder);
    undisturbed =
        new SearchAction(spark, inputs.manifest(), inputs.configuration(), Progress.SILENT)
            .run()
            .record()
            .rankedDigest();
  }

  @BeforeEach
  void prepare() {
    bucket = s3.newBucket();
    s3.settings().forEach(this::set);
  }

  @AfterEach
  void forgetTheSettings() {
    settings.keySet().forEach(hadoop()::unset);
  }

  @Test
  void findsTheSameAsOnThisMachineAndCommitsByTheMagicCommitter() throws IOException {
    SearchAction.Result result = search("search.round-size=6");

    assertThat(result.record().rankedDigest()).isEqualTo(undisturbed);
    assertThat(s3.keys(bucket, ""))
        .contains("run/run.json")
        .noneMatch(key -> key.contains("__magic") || key.contains("_temporary"))
        .noneMatch(key -> key.contains(".unfinished-"))
        .noneMatch(key -> key.endsWith(".json") && key.contains("drivers"))
        .contains("run/ranked/ranked.parquet");
    assertThat(committer(round(1))).isEqualTo("magic");
    assertThat(new ReportAction(spark, inputs.configuration(output())).run())
        .hasToString("s3a://" + bucket + "/run/report.html");
    assertThat(new String(s3.read(bucket, "run/report.html"), StandardCharsets.UTF_8))
        .contains(result.record().runId());

    SearchAction.Result again = search();

    assertThat(again.evaluatedNow()).isZero();
    assertThat(again.record().rankedDigest()).isEqualTo(undisturbed);
  }

  @Test
  void exportsAFolderWhoseLastFileSaysThatItIsComplete() throws IOException {
    Location local = Location.of(folder.resolve("exported"));
    Location target = Location.of("s3a://" + bucket + "/models/a+b");
    List<String> files = List.of("README.md", "mergekit.yaml", "mixture.json", "model.safetensors");

    assertThat(export(local).withoutMergekit()).isEmpty();
    assertThat(export(target).withoutMergekit()).isEmpty();

    assertThat(s3.keys(bucket, ""))
        .containsExactlyInAnyOrderElementsOf(files.stream().map("models/a+b/"::concat).toList());
    for (String file : files) {
      assertThat(s3.read(bucket, "models/a+b/" + file))
          .as(file)
          .isEqualTo(Files.readAllBytes(local.child(file).path()));
    }
    assertThatThrownBy(() -> export(target))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage("The folder exists already (%s). Choose another, or remove it.", target);
  }

  private ExportAction.Result export(Location target) {
    return new ExportAction(spark, inputs.manifest(), inputs.configuration())
        .run(Mixture.parse("a+b"), target);
  }

  @Test
  void countsOnlyWhatWasCommitted() throws IOException {
    search("search.round-size=5");
    byte[] part = s3.read(bucket, s3.keys(bucket, round(1) + "part-").get(0));
    s3.delete(bucket, round(1) + "_SUCCESS");
    String truncated = "run/evaluations/round=exhaustive-0004-0123abcd/part-00000-x.parquet";
    s3.write(bucket, truncated, Arrays.copyOf(part, part.length / 2));
    String committed =
        s3.keys(bucket, "run/evaluations/round=exhaustive").stream()
            .filter(key -> key.endsWith("/_SUCCESS"))
            .findFirst()
            .orElseThrow();
    String pending = committed.replace("_SUCCESS", "__magic_job-1/job-1/00/task_1.pendingset");
    s3.write(bucket, pending, part);

    SearchAction.Result again = search("search.round-size=2");

    assertThat(again.evaluatedNow()).isEqualTo(5);
    assertThat(again.record().rankedDigest()).isEqualTo(undisturbed);
    assertThat(s3.keys(bucket, "run/evaluations/")).doesNotContain(truncated, pending);
    assertThat(EvaluationRows.ofMixtures(directory().evaluations(spark)))
        .hasSize(SmallRun.MIXTURES)
        .extracting(EvaluationRow::mixture)
        .doesNotHaveDuplicates();
  }

  @Test
  void keepsTheModelsThatWereReallyFineTuned() {
    search();
    FidelityAction.Result first = fidelity();

    assertThat(first.winner().text()).startsWith("s3a://" + bucket + "/run/models/");
    List<String> models = s3.keys(bucket, "run/models/");
    assertThat(models).hasSizeGreaterThan(3).allMatch(key -> key.endsWith(".safetensors"));
    assertThat(first.record().seconds().training()).isPositive();

    FidelityAction.Result again = fidelity();

    assertThat(again.record().seconds().training()).isEqualTo(first.record().seconds().training());
    assertThat(again.record().fidelity()).isEqualTo(first.record().fidelity());
    assertThat(s3.keys(bucket, "run/models/")).isEqualTo(models);
  }

  @Test
  void saysThatTheBucketIsMissing() {
    assertRefused(
        ExitCode.INPUT,
        "The bucket does not exist (s3a://no-such-bucket/run). Create it, or correct its name.",
        "output=s3a://no-such-bucket/run");
  }

  @Test
  void saysThatTheStoreDeniesAccessAndKeepsTheSecret() {
    set("fs.s3a.bucket." + bucket + ".secret.key", "not-the-secret");

    assertRefused(
        ExitCode.INPUT,
        "The store denies access (s3a://%s/run). Check the credentials".formatted(bucket),
        output());
  }

  @Test
  void saysSoonThatTheStoreCannotBeReached() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      set("fs.s3a.endpoint", "http://127.0.0.1:" + taken.getLocalPort());
    }

    assertRefused(
        ExitCode.INPUT,
        "The store cannot be reached (s3a://%s/run). Check spark.hadoop.fs.s3a.endpoint"
            .formatted(bucket),
        output());
  }

  @Test
  void saysThatThereIsNoFileSystem() {
    assertRefused(
        ExitCode.USAGE,
        "There is no file system for nowhere: (nowhere://x/run). Add its connector",
        "output=nowhere://x/run");
  }

  private void assertRefused(ExitCode exitCode, String message, String... given) {
    assertThatThrownBy(() -> search(given))
        .isInstanceOfSatisfying(
            UserException.class, refusal -> assertThat(refusal.exitCode()).isEqualTo(exitCode))
        .hasMessageStartingWith(message)
        .hasMessageNotContaining("not-the-secret")
        .hasMessageNotContaining("Exception");
  }

  private SearchAction.Result search(String... given) {
    return new SearchAction(spark, inputs.manifest(), configuration(given), Progress.SILENT).run();
  }

  private FidelityAction.Result fidelity() {
    return new FidelityAction(spark, inputs.manifest(), configuration(), Progress.SILENT).run();
  }

  private Configuration configuration(String... given) {
    List<String> all = new ArrayList<>(List.of(output()));
    all.addAll(List.of(given));
    return inputs.configuration(all.toArray(String[]::new));
  }

  private String output() {
    return "output=s3a://" + bucket + "/run";
  }

  private RunDirectory directory() {
    return new RunDirectory(Location.of("s3a://" + bucket + "/run"), hadoop());
  }

  /** What the keys of a round begin with. */
  private String round(int number) {
    String start = "run/evaluations/round=exhaustive-000" + number;
    String key = s3.keys(bucket, start).get(0);
    return key.substring(0, key.lastIndexOf('/') + 1);
  }

  private String committer(String round) throws IOException {
    return new ObjectMapper()
        .readTree(s3.read(bucket, round + "_SUCCESS"))
        .path("committer")
        .asText();
  }

  private void set(String key, String value) {
    settings.put(key, value);
    hadoop().set(key, value);
  }

  private static org.apache.hadoop.conf.Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }
}
