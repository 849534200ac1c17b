package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.config.Configuration;
import org.mergetomix.folder.Digests;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.testing.EvaluationRows;
import org.mergetomix.testing.Fault;
import org.mergetomix.testing.FaultyProxy;
import org.mergetomix.testing.S3Extension;
import org.mergetomix.testing.S3Server;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

/** A search whose inputs and output lie in an S3 that fails now and then. */
@ExtendWith({SparkSessionExtension.class, S3Extension.class})
@Timeout(300)
class S3FaultsIT {

  /** How many requests of a kind meet a fault, one after the other. */
  private static final int TIMES = 3;

  @TempDir private static Path shared;

  private static SparkSession spark;
  private static S3Server s3;
  private static SmallRun local;
  private static String undisturbed;

  @TempDir private Path folder;

  private FaultyProxy proxy;
  private String bucket;

  @BeforeAll
  static void searchOnThisMachine(SparkSession session, S3Server server) {
    spark = session;
    s3 = server;
    local = SmallRun.of(shared);
    undisturbed =
        new SearchAction(spark, local.manifest(), local.configuration(), Progress.SILENT)
            .run()
            .record()
            .rankedDigest();
  }

  @BeforeEach
  void upload() throws IOException {
    bucket = s3.newBucket();
    for (Path file : files(shared)) {
      if (!file.startsWith(local.output())) {
        s3.write(bucket, "inputs/" + shared.relativize(file), Files.readAllBytes(file));
      }
    }
    proxy = FaultyProxy.before(s3);
    proxy.settings().forEach(hadoop()::set);
  }

  @AfterEach
  void forgetTheStore() {
    proxy.settings().keySet().forEach(hadoop()::unset);
    proxy.close();
  }

  static Map<String, Fault> faults() {
    return Map.of(
        "500", Fault.failing(500, "InternalError"),
        "503", Fault.failing(503, "SlowDown"),
        "cut off", Fault.cutOff(),
        "slow", Fault.slow(20_000, Duration.ofMillis(5)));
  }

  static Stream<String> names() {
    return faults().keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("names")
  void fetchesInSpiteOf(String fault) throws IOException {
    proxy.spoil("^HEAD /" + bucket + "/inputs/", TIMES, faults().get(fault));
    proxy.spoil(bytesOf("experts/[ac]"), TIMES, faults().get(fault));

    assertUndisturbed(search("cache.chunk-size=64KiB"));
  }

  @ParameterizedTest
  @MethodSource("names")
  void commitsInSpiteOf(String fault) throws IOException {
    proxy.spoil("^(PUT|POST) /" + bucket + "/run/", TIMES, faults().get(fault));
    proxy.spoil("^(GET|HEAD|DELETE) /" + bucket + "/run/", TIMES, faults().get(fault));

    assertUndisturbed(search("search.round-size=5"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"500", "503"})
  void startsInSpiteOfAnOutputThatIsBusyAtFirst(String fault) {
    proxy.spoil("/" + bucket, 2 * TIMES, faults().get(fault));
    Configuration configuration = local.configuration("output=s3a://" + bucket + "/run");

    assertUndisturbed(
        new SearchAction(spark, local.manifest(), configuration, Progress.SILENT).run());
  }

  @Test
  void refusesWrongBytesOfTheRightLength() throws IOException {
    Path expert = local.expert("b");
    String promised = Digests.sha256(expert);
    byte[] wrong = Files.readAllBytes(expert);
    wrong[wrong.length / 2] ^= 1;
    String found = Digests.sha256(Files.write(folder.resolve("wrong"), wrong));
    proxy.spoil(bytesOf("experts/b"), 1, Fault.wrongByte());
    Path promising = folder.resolve("manifest.conf");
    Files.writeString(
        promising,
        Files.readString(local.manifestFile())
            .replace(
                "expert = \"experts/b.safetensors\"",
                "expert = \"experts/b.safetensors\"\n  sha256 = " + promised));

    assertThatThrownBy(() -> search(promising))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> assertThat(refusal.exitCode()).isEqualTo(ExitCode.INPUT))
        .hasMessage(
            "The file does not have the promised bytes: its sha256 is %s, not %s"
                    .formatted(found, promised)
                + " (s3a://%s/inputs/experts/b.safetensors).".formatted(bucket)
                + " Upload it again, or correct the sha256.");
    assertThat(proxy.ahead()).isZero();
    assertThat(s3.keys(bucket, "run")).isEmpty();
    assertThat(files(folder.resolve("cache")))
        .noneMatch(file -> file.toString().endsWith(".part"))
        .noneMatch(file -> file.toFile().length() == wrong.length && holds(file, wrong));

    assertUndisturbed(search(promising));
  }

  @ParameterizedTest
  @ValueSource(ints = {100_000, 2_000_000})
  void saysThatTheCacheIsTooSmall(int capacity) {
    assertThatThrownBy(() -> search("cache.capacity=" + capacity))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContaining("in their stores, but a host may keep copies of")
        .hasMessageContaining("(cache.capacity). Raise it to at least ");
    assertThat(s3.keys(bucket, "run/evaluations")).isEmpty();
  }

  @Test
  void saysTheSameOfAFileThatIsTooLargeForTheCache() {
    Configuration configuration = configuration("cache.capacity=100");

    assertTooLargeForTheCache(
        "inputs/graph.pt",
        () -> new FineTuneAction(spark, uploaded(), configuration, Progress.SILENT).run());
    // It plans before it fetches, as a search does.
    assertThatThrownBy(
            () -> new FidelityAction(spark, uploaded(), configuration, Progress.SILENT).run())
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContaining("(cache.capacity). Raise it to at least ");
  }

  private void assertTooLargeForTheCache(String path, ThrowingCallable action) {
    long length = s3.read(bucket, path).length;
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContaining(
            "A file of %d bytes does not fit into a cache of 100 (s3a://%s/%s)."
                    .formatted(length, bucket, path)
                + " Raise cache.capacity.");
  }

  /** It takes seconds; with the patience of Hadoop's own settings it would take many minutes. */
  @Test
  @Timeout(180)
  void saysSoonThatTheStoreOfTheInputsCannotBeReached() {
    proxy.close();

    assertThatThrownBy(() -> search("output=" + folder.resolve("run")))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> assertThat(refusal.exitCode()).isEqualTo(ExitCode.INPUT))
        .hasMessageContaining("s3a://" + bucket + "/inputs/");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  /** It takes seconds, as above. */
  @ParameterizedTest
  @ValueSource(ints = {301, 400})
  @Timeout(180)
  void saysSoonThatTheInputsLieInAnotherRegion(int status) {
    proxy.spoil("/" + bucket, 100, Fault.otherRegion(status, "us-east-1", "eu-west-1"));

    assertInAnotherRegion("inputs/graph.pt", () -> search("output=" + folder.resolve("run")));
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 400})
  @Timeout(180)
  void saysSoonThatTheOutputLiesInAnotherRegion(int status) {
    proxy.spoil("/" + bucket, 100, Fault.otherRegion(status, "us-east-1", "eu-west-1"));
    Configuration configuration = local.configuration("output=s3a://" + bucket + "/run");

    assertInAnotherRegion(
        "run",
        () -> new SearchAction(spark, local.manifest(), configuration, Progress.SILENT).run());
  }

  private void assertInAnotherRegion(String path, ThrowingCallable search) {
    assertThatThrownBy(search)
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> assertThat(refusal.exitCode()).isEqualTo(ExitCode.INPUT))
        .hasMessage(
            "The bucket %s lies in region eu-west-1, not in the one that was asked (s3a://%s/%s)."
                    .formatted(bucket, bucket, path)
                + " Set spark.hadoop.fs.s3a.endpoint.region to eu-west-1, or for this bucket alone"
                + " spark.hadoop.fs.s3a.bucket.%s.endpoint.region; fs.s3a.endpoint, if it is set,"
                    .formatted(bucket)
                + " must be of that region too.");
    assertThat(proxy.requests()).hasSizeLessThan(10);
  }

  private void assertUndisturbed(SearchAction.Result result) {
    assertThat(proxy.ahead()).as("%s", proxy.requests()).isZero();
    assertThat(result.record().rankedDigest()).isEqualTo(undisturbed);
    assertThat(result.evaluatedNow()).isEqualTo(SmallRun.MIXTURES);
    assertThat(s3.keys(bucket, "run/"))
        .noneMatch(key -> key.contains("__magic") || key.contains("_temporary"));
    RunDirectory directory = new RunDirectory(Location.of("s3a://" + bucket + "/run"), hadoop());
    assertThat(EvaluationRows.ofMixtures(directory.evaluations(spark)))
        .hasSize(SmallRun.MIXTURES)
        .extracting(EvaluationRow::mixture)
        .doesNotHaveDuplicates();
  }

  private SearchAction.Result search(String... settings) {
    return search(local.manifestFile(), settings);
  }

  private SearchAction.Result search(Path manifest, String... settings) {
    return new SearchAction(spark, uploaded(manifest), configuration(settings), Progress.SILENT)
        .run();
  }

  private Manifest uploaded() {
    return uploaded(local.manifestFile());
  }

  /** A manifest that is here and stands for one in S3. */
  private Manifest uploaded(Path manifest) {
    return Manifest.read(Location.of("s3a://" + bucket + "/inputs/manifest.conf"), manifest);
  }

  private Configuration configuration(String... settings) {
    List<String> all = new ArrayList<>();
    all.add("output=s3a://" + bucket + "/run");
    all.add("cache.directory=" + folder.resolve("cache"));
    all.addAll(List.of(settings));
    return local.configuration(all.toArray(String[]::new));
  }

  /** Requests beyond the header of a file, of which Hadoop reads 64 KiB. */
  private String bytesOf(String input) {
    return "^GET /" + bucket + "/inputs/" + input + ".* bytes=\\d+-\\d{6,}$";
  }

  private static boolean holds(Path file, byte[] bytes) {
    try {
      return Arrays.equals(Files.readAllBytes(file), bytes);
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static org.apache.hadoop.conf.Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }
}
