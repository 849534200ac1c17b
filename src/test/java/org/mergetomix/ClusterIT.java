package org.mergetomix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.spark.SearchAction;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.testing.HuggingFaceRun;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;
import org.mergetomix.testing.SparkSubmit;

/** The jar on two executors that are processes of their own. */
@ExtendWith(SparkSessionExtension.class)
class ClusterIT {

  private static final String TWO_EXECUTORS = "local-cluster[2,1,1024]";

  @TempDir private Path folder;

  @Test
  void findsTheSameAsInOneProcessAndTellsSparksMetricsWhatItDid(SparkSession spark)
      throws Exception {
    SmallRun run = SmallRun.of(folder.resolve("run"));
    Path metrics = Files.createDirectories(folder.resolve("metrics"));
    String local =
        new SearchAction(spark, run.manifest(), run.configuration(), Progress.SILENT)
            .run()
            .record()
            .rankedDigest();
    SmallRun again = SmallRun.of(folder.resolve("again"));

    SparkSubmit cluster =
        SparkSubmit.run(
            folder,
            TWO_EXECUTORS,
            Map.of(
                "spark.plugins",
                "org.mergetomix.spark.MetricsPlugin",
                "spark.metrics.conf.executor.sink.csv.class",
                "org.apache.spark.metrics.sink.CsvSink",
                "spark.metrics.conf.executor.sink.csv.directory",
                metrics.toString()),
            again.arguments("search", "--set", "search.partition-size=2"));

    assertThat(cluster.found("Ranked digest: ([0-9a-f]{64})")).isEqualTo(local);
    assertThat(last(metrics, "mixtures")).hasSize(2);
    assertThat(last(metrics, "mixtures").stream().mapToDouble(Double::doubleValue).sum())
        .as("the base is evaluated like a mixture")
        .isEqualTo(SmallRun.MIXTURES + 1);
    assertThat(last(metrics, "mergeSeconds")).allMatch(seconds -> seconds > 0);
    assertThat(last(metrics, "evaluateSeconds")).allMatch(seconds -> seconds > 0);
    assertThat(last(metrics, "failures")).containsOnly(0.0);
  }

  @Test
  void worksOnTheGpuThatSparkGivesATaskOrSaysThatItCannot() throws Exception {
    SmallRun run = SmallRun.of(folder.resolve("run"));
    Path discovery = script("gpus.sh", "echo '{\"name\": \"gpu\", \"addresses\": [\"7\"]}'");

    SparkSubmit.run(
        folder,
        "local-cluster[1,2,1024]",
        Map.of(
            "spark.worker.resource.gpu.amount",
            "1",
            "spark.worker.resource.gpu.discoveryScript",
            discovery.toString(),
            "spark.executor.resource.gpu.amount",
            "1",
            "spark.task.resource.gpu.amount",
            "0.1"),
        run.arguments("search", "--set", "spark.gpus-per-task=0.5"));

    assertThat(executorLogs())
        .contains(
            "Spark gave a task GPU 7, but PyTorch has no CUDA here: this executor works on the"
                + " CPU");
    assertThat(run.output().resolve("run.json")).content().contains("\"device\" : \"cpu\"");
  }

  /** As a Python environment is brought, and a trainer that wants several GPUs. */
  @Test
  void trainsByACommandOutOfAnArchiveThatSeesAllGpusOfItsTask() throws Exception {
    HuggingFaceRun run = HuggingFaceRun.of(folder.resolve("run"));
    run.writeTrainingManifest("checkpoint = base");
    Path discovery = script("gpus.sh", "echo '{\"name\": \"gpu\", \"addresses\": [\"4\", \"6\"]}'");
    Path trainer =
        script(
            "train",
            """
            [ "$1" = --versions ] && echo '{"versions": {"script": "1"}}' && exit
            value() { sed -n 's/.*"'$1'" : "\\(.*\\)".*/\\1/p' "$2"; }
            echo "$CUDA_VISIBLE_DEVICES" >> %s
            mkdir "$4/model"
            cp "$(value base "$2")/model.safetensors" "$4/model"
            echo '{"job": "'$(value job "$2")'"}' > "$4/result.json"
            """
                .formatted(folder.resolve("devices")));
    Process tar =
        new ProcessBuilder("tar", "-czf", "env.tar.gz", trainer.getFileName().toString())
            .directory(folder.toFile())
            .start();
    assertThat(tar.waitFor()).isZero();

    SparkSubmit.run(
        folder,
        "local-cluster[1,2,1024]",
        Map.of(
            "spark.archives",
            folder.resolve("env.tar.gz") + "#env",
            "spark.worker.resource.gpu.amount",
            "2",
            "spark.worker.resource.gpu.discoveryScript",
            discovery.toString(),
            "spark.executor.resource.gpu.amount",
            "2"),
        List.of(
            "finetune",
            "--set",
            "manifest=" + run.manifestFile(),
            "--set",
            "training.engine=command",
            "--set",
            "training.command=./env/train",
            "--set",
            "training.workspace=" + folder.resolve("work"),
            "--set",
            "training.gpus-per-task=2"));

    assertThat(Files.readAllLines(folder.resolve("devices"))).containsExactly("4,6", "4,6");
    assertThat(run.expert("two").resolve("model.safetensors")).exists();
  }

  private Path script(String name, String text) throws IOException {
    Path script = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + text + "\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return script;
  }

  private String executorLogs() throws IOException {
    StringBuilder logs = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder.resolve("spark-home").resolve("work"))) {
      for (Path file : files.filter(file -> file.endsWith("stderr")).toList()) {
        logs.append(Files.readString(file));
      }
    }
    return logs.toString();
  }

  /** The last value that each executor told of a metric. */
  private static List<Double> last(Path metrics, String name) throws IOException {
    List<Double> values = new ArrayList<>();
    try (Stream<Path> files = Files.list(metrics)) {
      for (Path file :
          files.filter(file -> file.toString().endsWith("." + name + ".csv")).toList()) {
        List<String> lines = Files.readAllLines(file);
        values.add(Double.valueOf(lines.get(lines.size() - 1).split(",", -1)[1]));
      }
    }
    return values;
  }
}
