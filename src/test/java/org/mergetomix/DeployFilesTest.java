package org.mergetomix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.sql.internal.SQLConf$;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.cli.CommandLineTool;
import org.mergetomix.config.Configuration;

/** What the files in deploy name is there: classes, keys, files, commands, each other. */
class DeployFilesTest {

  private static final Path DEPLOY = Path.of("deploy");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final YAMLMapper YAML = new YAMLMapper();

  private static final Pattern CLASS =
      Pattern.compile("\\borg\\.(?:mergetomix|apache\\.spark)\\.(?:\\w+\\.)*[A-Z]\\w+");
  private static final Pattern FILE =
      Pattern.compile(
          "(?<![\\w/.:-])(?:deploy|conf|notebooks|data-manifests|src|\\.ci)/[\\w/.-]*[\\w-]");
  private static final Pattern KEY =
      Pattern.compile(
          "(?<![\\w/.-])(?:merge|search|evaluation|training|fidelity)\\.[a-z][a-z-]*(?![\\w(.])");
  private static final Pattern SPARK_KEY =
      Pattern.compile("(?<![\\w/.:@-])spark\\.[a-z]\\w*(?:[.-][\\w*-]+)*");
  private static final Pattern JAR = Pattern.compile("merge-to-mix-(\\d[\\w.]*)-spark\\.jar");

  /** Families whose members Spark does not know one by one. */
  private static final List<String> SPARK_FAMILIES =
      List.of(
          "spark.executorEnv.",
          "spark.hadoop.",
          "spark.metrics.conf.",
          "spark.executor.resource.gpu.",
          "spark.task.resource.gpu.",
          "spark.worker.resource.gpu.");

  @Test
  void namesOnlyClassesThatExist() throws IOException {
    Map<String, Path> found = mentions(CLASS);

    assertThat(found).containsKey("org.mergetomix.MergeToMix");
    assertThat(found.keySet())
        .allSatisfy(name -> Class.forName(name, false, getClass().getClassLoader()));
  }

  @Test
  void namesOnlyFilesThatExist() throws IOException {
    Map<String, Path> found = mentions(FILE);

    assertThat(found).containsKey("deploy/gpu/gpus.sh");
    // A notebook is named without its ending.
    assertThat(found.keySet())
        .allSatisfy(
            name ->
                assertThat(Stream.of(name, name + ".py").map(Path::of))
                    .as(name)
                    .anyMatch(Files::exists));
  }

  @Test
  void namesOnlyKeysOfOurs() throws IOException {
    Map<String, Path> found = mentions(KEY);

    assertThat(found).containsKeys("search.max-failed", "search.maximum-size");
    assertThat(Configuration.load(List.of(), List.of()).asMap().keySet())
        .containsAll(found.keySet());
  }

  @Test
  void namesOnlyKeysOfSparks() throws IOException {
    Map<String, Path> found = mentions(SPARK_KEY);
    assertThat(found).containsKey("spark.executor.memoryOverhead");
    Set<String> ours = Configuration.load(List.of(), List.of()).asMap().keySet();
    assertThat(found.keySet())
        .filteredOn(key -> !ours.contains(key))
        .filteredOn(key -> SPARK_FAMILIES.stream().noneMatch(key::startsWith))
        .allMatch(DeployFilesTest::isKnownToSpark);
    assertThat(isKnownToSpark("spark.executor.memoryOverheat")).isFalse();
    assertThat(isKnownToSpark("spark.sql.sources.commitProtocol")).isFalse();
  }

  @Test
  void namesTheJarThatIsBuilt() throws IOException {
    Matcher version =
        Pattern.compile("<artifactId>merge-to-mix</artifactId>\\s*<version>([^<]+)<")
            .matcher(Files.readString(Path.of("pom.xml")));
    assertThat(version.find()).isTrue();

    assertThat(mentions(JAR).keySet())
        .containsExactly("merge-to-mix-" + version.group(1) + "-spark.jar");
  }

  @Test
  void fillsTheImageWithWhatTheKubernetesFilesUse() throws IOException {
    String dockerfile = Files.readString(DEPLOY.resolve("kubernetes/Dockerfile"));
    Map<String, String> copied = new TreeMap<>();
    all(Pattern.compile("(?m)^COPY (?:--\\S+ )?(\\S+) (\\S+)$"), dockerfile)
        .forEach(copy -> copied.put(copy.group(2), copy.group(1)));

    assertThat(copied.values())
        .allSatisfy(
            source ->
                assertThat(source.startsWith("target/") || Files.exists(Path.of(source)))
                    .as(source)
                    .isTrue());
    assertThat(copied.keySet())
        .containsAll(mentions(Pattern.compile("/opt/merge-to-mix/[\\w.-]*\\w")).keySet());
    String spark = org.apache.spark.package$.MODULE$.SPARK_VERSION();
    assertThat(dockerfile).contains("FROM apache/spark:" + spark + "-scala2.13-java17");
    assertThat(application("search.yaml").path("spec").path("sparkVersion").asText())
        .isEqualTo(spark);
    assertThat(dockerfile).endsWith("USER 185\n");
  }

  /** As CI has them, whose Python is new enough for what is pinned. */
  @Test
  void fillsTheImageOfWorkersWithWhatWorkersAndTrainersWereTestedWith() throws IOException {
    String dockerfile = Files.readString(DEPLOY.resolve("kubernetes/Dockerfile.worker"));
    List<String> pinned = Files.readAllLines(Path.of(".ci", "requirements-models.txt"));
    Map<String, String> copied = new TreeMap<>();
    all(Pattern.compile("(?m)^COPY (src/\\S+) (\\S+)$"), dockerfile)
        .forEach(copy -> copied.put(copy.group(2), copy.group(1)));
    List<String> installed =
        all(Pattern.compile("-r (\\S+)"), dockerfile).map(file -> file.group(1)).toList();

    assertThat(installed).hasSize(2);
    for (String file : installed) {
      String folder = file.substring(0, file.lastIndexOf('/') + 1);
      String name = file.substring(folder.length());
      assertThat(copied).as(file).containsKey(copied.containsKey(file) ? file : folder);
      String source = copied.containsKey(file) ? copied.get(file) : copied.get(folder) + name;
      assertThat(Files.readAllLines(Path.of(source)))
          .as(source)
          .filteredOn(line -> !line.isBlank() && !line.startsWith("#"))
          .hasSizeGreaterThan(5)
          .allSatisfy(line -> assertThat(pinned).contains(line));
    }
    String python =
        all(Pattern.compile("--python (\\d\\.\\d+) "), dockerfile)
            .findFirst()
            .orElseThrow()
            .group(1);
    assertThat(pinned).contains("# for Python " + python + " after");
    assertThat(dockerfile).endsWith("USER 185\n");
  }

  @Test
  void runsTheSameOnceAndEveryNight() throws IOException {
    JsonNode once = application("search.yaml");
    JsonNode nightly = application("nightly.yaml");

    assertThat(once.path("kind").asText()).isEqualTo("SparkApplication");
    assertThat(nightly.path("kind").asText()).isEqualTo("ScheduledSparkApplication");
    assertThat(nightly.path("spec").path("template")).isEqualTo(once.path("spec"));
    assertThat(nightly.path("spec").path("concurrencyPolicy").asText()).isEqualTo("Forbid");
  }

  @Test
  void givesPodsNoMoreRightsThanTheyNeed() throws IOException {
    for (String pod : List.of("driver", "executor")) {
      JsonNode context = application("search.yaml").path("spec").path(pod).path("securityContext");

      assertThat(context.path("runAsUser").asInt()).isEqualTo(185);
      assertThat(context.path("runAsNonRoot").asBoolean()).isTrue();
      assertThat(context.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
      assertThat(context.path("capabilities").path("drop").path(0).asText()).isEqualTo("ALL");
      assertThat(context.path("seccompProfile").path("type").asText()).isEqualTo("RuntimeDefault");
    }
  }

  @Test
  void givesWorkersGpusAndSharedMemoryOfASizeAndOtherwiseWhatASearchHas() throws IOException {
    JsonNode workers = application("worker.yaml").path("spec");
    JsonNode search = application("search.yaml").path("spec");

    JsonNode mount = workers.at("/executor/volumeMounts/1");
    assertThat(mount.path("mountPath").asText())
        .isEqualTo(Configuration.load(List.of(), List.of()).worker().sharedMemory());
    JsonNode volume = workers.at("/volumes/1");
    assertThat(volume.path("name")).isEqualTo(mount.path("name"));
    assertThat(volume.at("/emptyDir/medium").asText()).isEqualTo("Memory");
    assertThat(volume.at("/emptyDir/sizeLimit").asText()).isEqualTo("20Gi");
    assertThat(workers.path("driver")).isEqualTo(search.path("driver"));
    assertThat(workers.at("/executor/securityContext"))
        .isEqualTo(search.at("/executor/securityContext"));
    List<String> arguments = texts(workers.path("arguments"));
    assertThat(arguments.subList(0, 3)).isEqualTo(texts(search.path("arguments")));
    assertThat(
            Configuration.load(List.of(), List.of(arguments.get(4), arguments.get(6)))
                .worker()
                .python())
        .isEqualTo("/opt/worker/bin/python");
    search
        .path("sparkConf")
        .fields()
        .forEachRemaining(
            entry ->
                assertThat(workers.path("sparkConf").path(entry.getKey()))
                    .isEqualTo(entry.getValue()));
  }

  @Test
  void mountsAConfigurationThatTheProgramReads(@TempDir Path directory) throws IOException {
    JsonNode map = application("configuration.yaml");
    JsonNode spec = application("search.yaml").path("spec");
    JsonNode mount = spec.path("driver").path("configMaps").path(0);
    List<String> arguments = texts(spec.path("arguments"));
    assertThat(mount.path("name")).isEqualTo(map.path("metadata").path("name"));
    Path mounted = Path.of(mount.path("path").asText());

    assertThat(arguments).startsWith("search", "--config");
    Path file = mounted.relativize(Path.of(arguments.get(2)));
    Path copy = directory.resolve(file.toString());
    Files.writeString(copy, map.path("data").path(file.toString()).asText());
    Configuration configuration = Configuration.load(List.of(copy), List.of());

    assertThat(configuration.manifest()).startsWith("s3a://");
    assertThat(configuration.output()).startsWith("s3a://");
  }

  @Test
  void givesEmrACommandLineThatTheProgramReads() throws IOException {
    JsonNode job = JSON.readTree(DEPLOY.resolve("emr-serverless/job-driver.json").toFile());
    JsonNode submit = job.path("sparkSubmit");

    List<String> arguments = texts(submit.path("entryPointArguments"));
    assertIsACommand(arguments.get(0));
    List<String> settings = new ArrayList<>();
    for (int i = 1; i < arguments.size(); i += 2) {
      assertThat(arguments.get(i)).isEqualTo("--set");
      settings.add(arguments.get(i + 1));
    }
    assertThat(Configuration.load(List.of(), settings).requireOutput().text()).startsWith("s3://");
    assertThat(submit.path("sparkSubmitParameters").asText())
        .matches("--class org\\.mergetomix\\.MergeToMix( --conf spark\\.[\\w.]+=\\S+)+");
  }

  @Test
  void givesDatabricksTasksThatHangTogether() throws IOException {
    JsonNode job = JSON.readTree(DEPLOY.resolve("databricks/job.json").toFile());
    Set<String> clusters =
        new TreeSet<>(job.path("job_clusters").findValuesAsText("job_cluster_key"));
    Set<String> before = new TreeSet<>();

    for (JsonNode task : job.path("tasks")) {
      assertThat(clusters).contains(task.path("job_cluster_key").asText());
      assertThat(before).containsAll(task.path("depends_on").findValuesAsText("task_key"));
      before.add(task.path("task_key").asText());
      if (task.has("spark_jar_task")) {
        assertThat(task.path("spark_jar_task").path("main_class_name").asText())
            .isEqualTo(MergeToMix.class.getName());
        assertIsACommand(texts(task.path("spark_jar_task").path("parameters")).get(0));
        assertThat(task.path("libraries").findValuesAsText("jar")).hasSize(1);
      } else {
        String notebook = task.path("notebook_task").path("notebook_path").asText();
        assertThat(Path.of(notebook + ".py")).exists();
      }
    }
    assertThat(before).containsExactlyInAnyOrder("check", "search", "read");
  }

  /** Spark's core registers its keys when its package object is loaded, SQL when asked. */
  private static boolean isKnownToSpark(String key) {
    assertThat(org.apache.spark.internal.config.package$.MODULE$.EXECUTOR_MEMORY_OVERHEAD())
        .isNotNull();
    return SQLConf$.MODULE$.containsConfigKey(key) || ConfigEntry.findEntry(key) != null;
  }

  private static void assertIsACommand(String name) {
    PrintStream terminal = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
    try {
      assertThat(CommandLineTool.run(name, "--help")).as(name).isZero();
    } finally {
      System.setOut(terminal);
    }
  }

  private static JsonNode application(String name) throws IOException {
    return YAML.readTree(DEPLOY.resolve("kubernetes").resolve(name).toFile());
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  private static Stream<MatchResult> all(Pattern pattern, String text) {
    return pattern.matcher(text).results();
  }

  /** Everything in the files of deploy that a pattern matches, with a file that holds it. */
  private static Map<String, Path> mentions(Pattern pattern) throws IOException {
    Map<String, Path> mentions = new TreeMap<>();
    try (Stream<Path> files = Files.walk(DEPLOY)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.toString().contains("__pycache__")) {
          all(pattern, Files.readString(file)).forEach(match -> mentions.put(match.group(), file));
        }
      }
    }
    return mentions;
  }
}
