package org.mergetomix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The shell scripts of deploy, run as a user runs them: in a copy of the repository, with only the
 * tools they need on the PATH and a spark-submit or nvidia-smi that writes down its arguments.
 */
class SubmitScriptTest {

  private static final List<String> TOOLS =
      List.of("bash", "cat", "dirname", "grep", "hostname", "paste", "sed", "tail");

  @TempDir private Path directory;

  private Path tools;
  private Path recorded;
  private Path submit;

  @BeforeEach
  void copyTheRepository() throws IOException {
    tools = Files.createDirectories(directory.resolve("tools"));
    for (String tool : TOOLS) {
      Path found =
          Stream.of("/usr/bin", "/bin")
              .map(place -> Path.of(place, tool))
              .filter(Files::isExecutable)
              .findFirst()
              .orElseThrow(() -> new IllegalStateException("This machine has no " + tool));
      script(tool, "#!/bin/sh\nexec " + found + " \"$@\"\n");
    }
    recorded = directory.resolve("recorded");
    Path deploy = Files.createDirectories(directory.resolve("deploy"));
    submit = Files.copy(Path.of("deploy/submit"), deploy.resolve("submit"));
    makeExecutable(submit);
    Files.copy(Path.of("deploy/metrics.properties"), deploy.resolve("metrics.properties"));
    Files.createDirectories(directory.resolve("target"));
    Files.createFile(jar("1.0"));
    fake("spark-submit", "printf '%s\\0' \"$@\" > " + recorded + "; exit ${FAKE_STATUS:-0}");
  }

  @Test
  void startsTheProgramWithItsArguments() throws Exception {
    Outcome outcome =
        run("--master", "local[2]", "--name", "a \"b\" $c", "--", "search", "--set", "output=a b");

    assertThat(outcome.status()).isZero();
    assertThat(arguments())
        .startsWith("--class", MergeToMix.class.getName())
        .endsWith(
            "--master",
            "local[2]",
            "--name",
            "a \"b\" $c",
            jar("1.0").toString(),
            "search",
            "--set",
            "output=a b");
    assertThat(settings())
        .contains("spark.executorEnv.OMP_NUM_THREADS=1", "spark.executor.memoryOverhead=2g");
  }

  @Test
  void showsExactlyTheCommandThatItWouldStart() throws Exception {
    String[] arguments = {"--conf", "x=*", "--", "search", "--set", "output=it's $HOME; a\tb"};
    run(arguments);
    List<String> really = arguments();
    Files.delete(recorded);

    Outcome shown = run(concat("--dry-run", arguments));
    assertThat(shown.status()).isZero();
    assertThat(recorded).doesNotExist();
    assertThat(start(Map.of(), tools.resolve("bash").toString(), "-c", shown.output()).status())
        .isZero();

    assertThat(arguments()).isEqualTo(really);
  }

  @Test
  void handsOnTheStatusOfSparkSubmit() throws Exception {
    assertThat(run(Map.of("FAKE_STATUS", "4"), "--", "search").status()).isEqualTo(4);
  }

  @Test
  void handsOnTheMetricsOfTheFile() throws Exception {
    run("--", "search");

    List<String> lines =
        Files.readAllLines(Path.of("deploy/metrics.properties")).stream()
            .filter(line -> !line.startsWith("#"))
            .map("spark.metrics.conf."::concat)
            .toList();
    assertThat(lines).isNotEmpty();
    assertThat(settings()).containsAll(lines);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--set output=s3a://b/run",
        "--set=output=s3a://b/run",
        "--set output=/x --set output=s3a://b/run",
        "--config s3a.conf",
        "--config=s3a.conf",
        "--config local.conf --config s3a.conf --config other.conf",
        "--config local.conf --set output=s3a://b/run",
      })
  void usesTheMagicCommitterWhenTheOutputIsOnS3(String arguments) throws Exception {
    writeConfigurations();

    run(("-- search " + arguments).split(" "));

    assertThat(settings())
        .contains(
            "spark.hadoop.fs.s3a.committer.name=magic",
            "spark.sql.sources.commitProtocolClass="
                + "org.apache.spark.internal.io.cloud.PathOutputCommitProtocol");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--set output=/x",
        "--set manifest=s3a://b/manifest.conf",
        "--config s3a.conf --config local.conf",
        "--config s3a.conf --set output=/x",
        "--config missing.conf",
      })
  void leavesSparksOwnCommitterElsewhere(String arguments) throws Exception {
    writeConfigurations();

    run(("-- search " + arguments).split(" "));

    assertThat(settings()).isNotEmpty().noneMatch(setting -> setting.contains("ommit"));
  }

  @Test
  void prefersTheSparkOfSparkHome() throws Exception {
    Path other = Files.createDirectories(directory.resolve("spark/bin")).resolve("spark-submit");
    Files.writeString(other, "#!/usr/bin/env bash\necho from SPARK_HOME\n");
    makeExecutable(other);

    Outcome outcome = run(Map.of("SPARK_HOME", directory.resolve("spark").toString()), "--", "x");

    assertThat(outcome.output()).isEqualTo("from SPARK_HOME\n");
  }

  @Test
  void takesAnotherJarWhenTold() throws Exception {
    run(Map.of("MERGE_TO_MIX_JAR", "s3a://bucket/my.jar"), "--", "search");

    assertThat(arguments()).contains("s3a://bucket/my.jar").doesNotContain(jar("1.0").toString());
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    assertFails(run(), 2, "There is no command for merge-to-mix. Add one after --, as in");
    assertFails(run("search"), 2, "There is no command for merge-to-mix");
    assertFails(run("--"), 2, "There is no command for merge-to-mix");
    assertFails(
        run(Map.of("MERGE_TO_MIX_JAR", "no.jar"), "--", "search"),
        3,
        "MERGE_TO_MIX_JAR is no.jar, which is not a file. Correct or unset it.");
    assertFails(
        run(Map.of("SPARK_HOME", "/no/spark"), "--", "search"),
        3,
        "SPARK_HOME is /no/spark, which holds no bin/spark-submit. Correct or unset it.");
    Files.createFile(jar("2.0"));
    assertFails(run("--", "search"), 3, "There are several jars: ");
    Files.delete(jar("1.0"));
    Files.delete(jar("2.0"));
    assertFails(run("--", "search"), 3, "Build it with mvn package, or set MERGE_TO_MIX_JAR.");
    Files.delete(tools.resolve("spark-submit"));
    assertFails(run("--", "search"), 3, "There is no spark-submit on the PATH.");
    assertThat(recorded).doesNotExist();
  }

  @Test
  void helpsWithoutStartingAnything() throws Exception {
    Outcome outcome = run("--help");

    assertThat(outcome.status()).isZero();
    assertThat(outcome.output()).startsWith("Usage: deploy/submit [--dry-run]");
    assertThat(recorded).doesNotExist();
  }

  @Test
  void tellsSparkWhichGpusThereAre() throws Exception {
    fake("nvidia-smi", "printf '0\\n1\\n'");

    Outcome outcome = start(Map.of(), Path.of("deploy/gpu/gpus.sh").toAbsolutePath().toString());

    ResourceInformation gpus = ResourceInformation.parseJson(outcome.output());
    assertThat(gpus.name()).isEqualTo("gpu");
    assertThat(gpus.addresses()).containsExactly("0", "1");
  }

  @Test
  void failsOnAMachineWithoutGpus() throws Exception {
    fake("nvidia-smi", "exit 9");

    Outcome outcome = start(Map.of(), Path.of("deploy/gpu/gpus.sh").toAbsolutePath().toString());

    assertFails(outcome, 1, "gpus.sh: nvidia-smi failed; is there an NVIDIA driver on ");
  }

  private void writeConfigurations() throws IOException {
    Files.writeString(directory.resolve("s3a.conf"), "  output = \"s3a://b/run\" # there\n");
    Files.writeString(directory.resolve("local.conf"), "output: /x\n");
    Files.writeString(directory.resolve("other.conf"), "# output = \"/x\"\nseed = 2\n");
  }

  private static void assertFails(Outcome outcome, int status, String message) {
    assertThat(outcome.errors()).contains(message);
    assertThat(outcome.status()).isEqualTo(status);
  }

  private Path jar(String version) {
    return directory.resolve("target/merge-to-mix-" + version + "-spark.jar");
  }

  private void fake(String name, String body) throws IOException {
    script(name, "#!/usr/bin/env bash\n" + body + "\n");
  }

  private void script(String name, String text) throws IOException {
    makeExecutable(Files.writeString(tools.resolve(name), text));
  }

  private static void makeExecutable(Path file) {
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /** What the fake was called with. */
  private List<String> arguments() throws IOException {
    return List.of(Files.readString(recorded).split("\0"));
  }

  /** The values of its --conf options. */
  private List<String> settings() throws IOException {
    List<String> arguments = arguments();
    List<String> settings = new ArrayList<>();
    for (int i = 1; i < arguments.size(); i++) {
      if (arguments.get(i - 1).equals("--conf")) {
        settings.add(arguments.get(i));
      }
    }
    return settings;
  }

  private Outcome run(String... arguments) throws Exception {
    return run(Map.of(), arguments);
  }

  private Outcome run(Map<String, String> environment, String... arguments) throws Exception {
    return start(environment, concat(submit.toString(), arguments));
  }

  private Outcome start(Map<String, String> environment, String... command) throws Exception {
    Path output = directory.resolve("output");
    Path errors = directory.resolve("errors");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    builder.environment().keySet().removeAll(List.of("SPARK_HOME", "MERGE_TO_MIX_JAR"));
    builder.environment().put("PATH", tools.toString());
    builder.environment().putAll(environment);
    int status = builder.start().waitFor();
    return new Outcome(status, Files.readString(output, UTF_8), Files.readString(errors, UTF_8));
  }

  private static String[] concat(String first, String... rest) {
    return Stream.concat(Stream.of(first), Stream.of(rest)).toArray(String[]::new);
  }

  private record Outcome(int status, String output, String errors) {}
}
