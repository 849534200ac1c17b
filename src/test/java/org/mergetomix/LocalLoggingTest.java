package org.mergetomix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a run on one machine prints between its lines of progress, and where the rest goes. */
class LocalLoggingTest {

  @TempDir private Path folder;

  @Test
  void keepsFetchesAndWarningsInTheLog() throws Exception {
    Path log = folder.resolve("run.log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dfile.encoding=US-ASCII",
                "-Dlog4j2.configurationFile=log4j2-local.properties",
                "-Dmerge-to-mix.log=" + log,
                "-cp",
                System.getProperty("java.class.path"),
                Run.class.getName())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(printed).isZero();
    assertThat(log)
        .content(StandardCharsets.UTF_8)
        .contains("Fetching a ± file", "Round 1", "a warning", "a failed task", "an error ±");
    assertThat(printed.lines())
        .singleElement()
        .asString()
        .endsWith("ERROR BlockManager: an error ±");
  }

  /** Logs what a run logs. */
  static final class Run {

    private Run() {}

    public static void main(String[] arguments) {
      LoggerFactory.getLogger("org.mergetomix.cache.RemoteFetcher").info("Fetching a ± file");
      LoggerFactory.getLogger("org.mergetomix.spark.SearchRounds").info("Round 1");
      LoggerFactory.getLogger("org.apache.hadoop.fs.s3a.S3AFileSystem").warn("a warning");
      LoggerFactory.getLogger("org.apache.spark.executor.Executor").error("a failed task");
      LoggerFactory.getLogger("org.apache.spark.storage.BlockManager").error("an error ±");
    }
  }
}
