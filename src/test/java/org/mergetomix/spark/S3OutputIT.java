package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
import org.mergetomix.testing.Fault;
import org.mergetomix.testing.FaultyProxy;
import org.mergetomix.testing.S3Extension;
import org.mergetomix.testing.S3Server;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

/** A run whose output lies in S3. */
@ExtendWith({SparkSessionExtension.class, S3Extension.class})
@Timeout(120)
class S3OutputIT {

  private static final String SUCCESSOR = "run/lease/successor.json";

  private static final byte[] SUCCESSORS_LEASE =
      """
      {"id": "successor", "term": 9, "state": "HOLDING", "since": "noon",
       "owner": {"host": "elsewhere", "process": 1, "space": "another", "start": "1"},
       "seconds": 1, "renewals": 0}
      """
          .getBytes(StandardCharsets.UTF_8);

  private static final String TOOK_OVER =
      "Another driver took over this output: process 1 on elsewhere, since noon";

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
        .noneMatch(key -> key.endsWith(".json") && key.contains("lease"));
    for (String table : List.of("evaluations/round=0001", "evaluations/round=0003", "ranked")) {
      assertThat(committer(table)).as(table).isEqualTo("magic");
    }
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
    List<String> files = List.of("mergekit.yaml", "mixture.json", "model.safetensors");

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
    byte[] part = s3.read(bucket, s3.keys(bucket, "run/evaluations/round=0003/part-").get(0));
    s3.delete(bucket, "run/evaluations/round=0003/_SUCCESS");
    String truncated = "run/evaluations/round=0004/part-00000-x.snappy.parquet";
    s3.write(bucket, truncated, Arrays.copyOf(part, part.length / 2));

    SearchAction.Result again = search("search.round-size=2");

    assertThat(again.evaluatedNow()).isEqualTo(5);
    assertThat(again.record().rankedDigest()).isEqualTo(undisturbed);
    assertThat(s3.keys(bucket, "run/evaluations/")).doesNotContain(truncated);
    assertThat(directory().evaluations(spark).read().rows().collect())
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
  void refusesASecondDriver() throws Exception {
    CountDownLatch lost = new CountDownLatch(1);
    try (AutoCloseable first = directory().lease(1, lost::countDown)) {
      assertRefused(ExitCode.USAGE, "Another driver works on this output: process ", output());
      assertThat(first).isNotNull();
    }
    assertThat(lost.getCount()).isEqualTo(1);
    assertThat(s3.keys(bucket, "run/")).noneMatch(key -> key.endsWith(".json"));
  }

  /** The other driver holds a later term, so this one has to stop in the middle of its work. */
  @Test
  void stopsWhenAnotherDriverTookOver() throws Exception {
    CountDownLatch tookOver = new CountDownLatch(1);
    Progress takingOver =
        (step, done, total, elapsed) -> {
          if (done > 0 && tookOver.getCount() > 0) {
            s3.write(bucket, SUCCESSOR, SUCCESSORS_LEASE);
            tookOver.countDown();
          }
        };
    assertThatThrownBy(
            () ->
                new SearchAction(
                        spark,
                        inputs.manifest(),
                        inputs.configuration(output(), "search.round-size=1", "lease-seconds=1"),
                        takingOver)
                    .run())
        .isInstanceOfSatisfying(
            UserException.class, loss -> assertThat(loss.exitCode()).isEqualTo(ExitCode.INPUT))
        .hasMessageStartingWith(TOOK_OVER);
    assertThat(tookOver.await(0, TimeUnit.SECONDS)).isTrue();

    assertThat(search().record().rankedDigest()).isEqualTo(undisturbed);
  }

  /** The other driver comes while this one writes its first record: no job is there to cancel. */
  @Test
  void writesNoFiguresOfTheExpertsAfterAnotherDriverTookOver() {
    CountDownLatch seen = new CountDownLatch(1);
    try (FaultyProxy proxy = FaultyProxy.before(s3)) {
      proxy.settings().forEach(this::set);
      String record = "^PUT /" + bucket + "/run/run.json";
      proxy.spoil(
          record,
          1,
          Fault.before(
              () -> {
                s3.write(bucket, SUCCESSOR, SUCCESSORS_LEASE);
                await(seen);
              }));
      proxy.spoil("^GET /" + bucket + "/" + SUCCESSOR, 1, Fault.after(seen::countDown));

      assertThatThrownBy(() -> search("lease-seconds=1")).hasMessageStartingWith(TOOK_OVER);

      assertThat(proxy.ahead()).as("%s", proxy.requests()).isZero();
      assertThat(proxy.requests()).filteredOn(line -> line.matches(record + ".*")).hasSize(1);
      assertThat(directory().require().preflight().measured()).isFalse();
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException interruption) {
      throw new IOException(interruption);
    }
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

  private String committer(String table) throws IOException {
    JsonNode mark = new ObjectMapper().readTree(s3.read(bucket, "run/" + table + "/_SUCCESS"));
    return mark.path("committer").asText();
  }

  private void set(String key, String value) {
    settings.put(key, value);
    hadoop().set(key, value);
  }

  private static org.apache.hadoop.conf.Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }
}
