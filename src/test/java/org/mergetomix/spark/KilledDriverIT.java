package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.location.Location;
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
import org.mergetomix.testing.SparkSubmit;

/**
 * Drivers that are killed at points drawn at random, and started again. A point is a request to the
 * store of the output: either the store has not heard of it yet, or the driver not of its answer.
 */
@ExtendWith({SparkSessionExtension.class, S3Extension.class})
@Timeout(300)
class KilledDriverIT {

  private static final int ROUND = 4;

  private static final String SMALL_ROUNDS = "search.round-size=" + ROUND;

  private static final Pattern ROUND_WRITTEN =
      Pattern.compile("^(?:PUT|POST) /[^/]+/run/evaluations/(round%3D[^/]+)/");

  private static final Pattern COMMIT =
      Pattern.compile("^PUT /[^/]+/run/evaluations/[^/]+/_SUCCESS");

  @TempDir private static Path shared;

  private static SparkSession spark;
  private static S3Server s3;
  private static SmallRun inputs;
  private static String undisturbed;

  /** After how many requests of an undisturbed search all rounds are committed, and it ends. */
  private static int evaluated;

  private static int ended;

  @TempDir private Path folder;

  private FaultyProxy proxy;
  private String bucket;

  @BeforeAll
  static void searchUndisturbed(SparkSession session, S3Server server) {
    spark = session;
    s3 = server;
    inputs = SmallRun.of(shared);
    KilledDriverIT test = new KilledDriverIT();
    test.begin();
    try {
      undisturbed = test.search().record().rankedDigest();
      List<String> requests = test.proxy.requests();
      ended = requests.size();
      evaluated =
          IntStream.range(0, ended)
              .filter(index -> COMMIT.matcher(requests.get(index)).find())
              .max()
              .orElseThrow();
    } finally {
      test.end();
    }
  }

  @BeforeEach
  void begin() {
    bucket = s3.newBucket();
    proxy = FaultyProxy.before(s3);
    proxy.settings().forEach(hadoop()::set);
  }

  @AfterEach
  void end() {
    proxy.settings().keySet().forEach(hadoop()::unset);
    proxy.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void goesOnAfterADriverThatWasKilled(int number) throws Exception {
    Random random = new Random(number);
    int point = point(number, random);
    CompletableFuture<SparkSubmit> driver = new CompletableFuture<>();
    AtomicInteger count = new AtomicInteger();
    Fault.Event kill =
        () -> {
          if (count.incrementAndGet() == point) {
            kill(driver.join());
          }
        };
    proxy.spoil(
        "", Integer.MAX_VALUE, random.nextBoolean() ? Fault.before(kill) : Fault.after(kill));
    driver.complete(
        SparkSubmit.start(folder, "local[2]", submission(), inputs.arguments("search", options())));

    assertThat(driver.join().exitCode()).as(driver.join().log()).isEqualTo(128 + 9);
    proxy.recover();
    List<String> seen = proxy.requests();
    List<EvaluationRow> committed = rows();
    String moment =
        "Killed at request %d of %d: %s; %d mixtures committed in %d rounds begun"
            .formatted(point, ended, seen.get(point - 1), committed.size(), roundsWritten(seen));
    // The base's, those that are committed, and the one that was cut off.
    assertThat(roundsWritten(seen))
        .as(moment)
        .isLessThanOrEqualTo(1 + (committed.size() + ROUND - 1) / ROUND + 1);

    SearchAction.Result result = search();

    assertThat(result.record().rankedDigest()).isEqualTo(undisturbed);
    assertThat(result.evaluatedNow()).isEqualTo(SmallRun.MIXTURES - committed.size());
    assertThat(rows())
        .containsAll(committed)
        .hasSize(SmallRun.MIXTURES)
        .extracting(EvaluationRow::mixture)
        .doesNotHaveDuplicates();
    assertThat(s3.keys(bucket, "run/"))
        .noneMatch(key -> key.contains("__magic") || key.contains("_temporary"));
  }

  /** Four while rounds are evaluated, each in a part of its own, and one in the ranking. */
  private static int point(int number, Random random) {
    int part = evaluated / 4;
    return number <= 4
        ? (number - 1) * part + 1 + random.nextInt(part)
        : evaluated + 1 + random.nextInt(ended - evaluated);
  }

  private static void kill(SparkSubmit driver) throws IOException {
    try {
      driver.kill();
    } catch (InterruptedException interruption) {
      throw new IOException(interruption);
    }
  }

  private static long roundsWritten(List<String> seen) {
    return seen.stream()
        .map(ROUND_WRITTEN::matcher)
        .filter(Matcher::find)
        .map(round -> round.group(1))
        .distinct()
        .count();
  }

  private SearchAction.Result search() {
    String[] settings = {SMALL_ROUNDS, "output=" + output()};
    return new SearchAction(
            spark, inputs.manifest(), inputs.configuration(settings), Progress.SILENT)
        .run();
  }

  private String[] options() {
    return new String[] {"--set", SMALL_ROUNDS, "--set", "output=" + output()};
  }

  private Map<String, String> submission() {
    Map<String, String> settings = new TreeMap<>();
    proxy.settings().forEach((key, value) -> settings.put("spark.hadoop." + key, value));
    return settings;
  }

  private List<EvaluationRow> rows() {
    return EvaluationRows.ofMixtures(
        new RunDirectory(Location.of(output()), hadoop()).evaluations(spark));
  }

  private String output() {
    return "s3a://" + bucket + "/run";
  }

  private static org.apache.hadoop.conf.Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }
}
