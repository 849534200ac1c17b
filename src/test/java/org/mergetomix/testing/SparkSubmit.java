package org.mergetomix.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The program as a cluster runs it: Spark's own submission, in a process of its own, with the jar
 * that a user would submit. Spark's jars are those that Maven brought, without what is in ours.
 */
public final class SparkSubmit {

  private static final int LONGEST_SECONDS = 400;

  /**
   * These processes live for seconds: most of what they compute is the work of Java's second
   * compiler, which pays off after minutes. Executors inherit the variable.
   */
  static final Map<String, String> SHORT_LIVED =
      Map.of("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");

  private static final Pattern OURS =
      Pattern.compile(
          ".*/(classes|test-classes)/?|.*/org/mergetomix/.*|.*/merge-to-mix-[^/]*\\.jar"
              + "|.*/(ai/djl|com/typesafe/config|info/picocli)/.*");

  private final Process process;
  private final Path results;
  private final Path log;

  private SparkSubmit(Process process, Path results, Path log) {
    this.process = process;
    this.results = results;
    this.log = log;
  }

  /**
   * Starts the program.
   *
   * @param folder where its output is kept
   * @param master Spark's master
   */
  public static SparkSubmit start(Path folder, String master, List<String> arguments) {
    return start(folder, master, Map.of(), arguments);
  }

  /**
   * Starts the program with settings of Spark. With a master such as {@code
   * local-cluster[2,1,1024]}, executors are processes of their own, which get the jar from the
   * driver as on any cluster.
   */
  public static SparkSubmit start(
      Path folder, String master, Map<String, String> settings, List<String> arguments) {
    return start(folder, master, settings, arguments, SHORT_LIVED);
  }

  /** Starts the program with settings of Spark, and Java's own settings: for what is measured. */
  public static SparkSubmit startMeasured(
      Path folder, String master, Map<String, String> settings, List<String> arguments) {
    return start(folder, master, settings, arguments, Map.of());
  }

  private static SparkSubmit start(
      Path folder,
      String master,
      Map<String, String> settings,
      List<String> arguments,
      Map<String, String> environment) {
    List<String> command = new ArrayList<>();
    // A shell that starts the tests in the background may have turned Ctrl-C off for its children.
    command.addAll(List.of("env", "--default-signal=INT"));
    command.addAll(sparkCommand("1g"));
    command.addAll(List.of("org.apache.spark.deploy.SparkSubmit", "--master", master));
    command.addAll(List.of("--class", "org.mergetomix.MergeToMix"));
    if (!master.startsWith("local[")) {
      command.addAll(List.of("--conf", "spark.executor.extraClassPath=" + sparksJars()));
      command.addAll(List.of("--conf", "spark.driver.host=127.0.0.1"));
      command.addAll(List.of("--conf", "spark.driver.bindAddress=127.0.0.1"));
      command.addAll(List.of("--conf", "spark.ui.enabled=false"));
      command.addAll(List.of("--conf", "spark.executor.memory=1g"));
    }
    settings.forEach((key, value) -> command.addAll(List.of("--conf", key + "=" + value)));
    command.add(System.getProperty("shaded.jar"));
    command.addAll(arguments);
    try {
      Path results = Files.createTempFile(folder, "results", ".txt");
      Path log = Files.createTempFile(folder, "log", ".txt");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectOutput(results.toFile())
              .redirectError(log.toFile())
              .directory(folder.toFile());
      builder.environment().putAll(environment);
      builder.environment().putAll(surroundings(home(folder)));
      Process process = builder.start();
      // However this JVM ends, and where a test gave up, the child goes with it.
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      return new SparkSubmit(process, results, log);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The command that runs one of Spark's own programs, without the program. */
  static List<String> sparkCommand(String memory) {
    return new ArrayList<>(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "@" + Path.of(".mvn", "spark-jvm.options").toAbsolutePath(),
            "-Xmx" + memory,
            "-Djava.awt.headless=true",
            "-cp",
            sparksJars()));
  }

  /** The variables that Spark's own programs need. */
  static Map<String, String> surroundings(Path sparkHome) {
    return Map.of(
        "SPARK_LOCAL_IP", "127.0.0.1",
        "SPARK_HOME", sparkHome.toString(),
        "SPARK_SCALA_VERSION", "2.13");
  }

  /** What a worker takes for Spark's own folder; its executors' logs are below {@code work}. */
  static Path home(Path folder) throws IOException {
    Path home = Files.createDirectories(folder.resolve("spark-home"));
    Files.createDirectories(home.resolve("jars"));
    if (!Files.exists(home.resolve("RELEASE"))) {
      Files.createFile(home.resolve("RELEASE"));
    }
    return home;
  }

  /** Runs the program with settings of Spark to its end, and fails unless all went well. */
  public static SparkSubmit run(
      Path folder, String master, Map<String, String> settings, List<String> arguments)
      throws InterruptedException {
    SparkSubmit submit = start(folder, master, settings, arguments);
    assertThat(submit.exitCode()).as(submit.log()).isZero();
    return submit;
  }

  /** Runs the program to its end, and fails unless all went well. */
  public static SparkSubmit run(Path folder, String master, List<String> arguments)
      throws InterruptedException {
    return run(folder, master, Map.of(), arguments);
  }

  /** Waits for its end. */
  public int exitCode() throws InterruptedException {
    if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError("Did not end: " + log());
    }
    return process.exitValue();
  }

  /** Kills it, as a machine that fails does: nothing is closed. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** The processes that it started, executors among them. */
  Stream<ProcessHandle> descendants() {
    return process.descendants();
  }

  /** What Ctrl-C does. */
  public void interrupt() throws IOException, InterruptedException {
    signal("INT");
  }

  /** Sends it a signal, as {@code STOP} and {@code CONT}. */
  public void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /** Whether it has not ended. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Its standard output. */
  public String results() {
    return text(results);
  }

  /** Its standard error. */
  public String log() {
    return text(log);
  }

  /** The part of the results that the first group of a pattern matches. */
  public String found(String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(results());
    assertThat(matcher.find()).as("%s in %s", pattern, results()).isTrue();
    return matcher.group(1);
  }

  private static String sparksJars() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !OURS.matcher(entry).matches())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
