package org.mergetomix.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.executor.ExecutorRuntime;
import org.mergetomix.spark.SearchAction;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.testing.ExecutorProcess;
import org.mergetomix.testing.HuggingFaceRun;
import org.mergetomix.testing.S3Extension;
import org.mergetomix.testing.S3Server;
import org.mergetomix.testing.SparkSessionExtension;
import org.mergetomix.testing.SparkSubmit;
import org.mergetomix.worker.ScriptedWorker.Fault;

/** Workers of executors and drivers that are processes of their own, and are killed. */
@ExtendWith({SparkSessionExtension.class, S3Extension.class})
@Timeout(480)
class WorkerClusterIT {

  private static final String EVALUATE = "org.mergetomix.executor.EvaluateMixtures";
  private static final String DIGEST = "Ranked digest: ([0-9a-f]{64})";

  /** In which a worker has to be gone after whoever started it. */
  private static final long SECONDS = 5;

  @TempDir private Path folder;

  private HuggingFaceRun run;
  private Path shared;
  private Path once;
  private String local;

  @BeforeEach
  void searchInOneProcess(SparkSession spark) throws Exception {
    run = HuggingFaceRun.of(folder.resolve("inputs"));
    shared = Files.createDirectory(folder.resolve("shared"));
    once = folder.resolve("once");
    List<String> settings = new ArrayList<>(List.of("output=" + folder.resolve("local")));
    settings.addAll(settings(ScriptedWorker.command(Fault.NONE)));
    local =
        new SearchAction(
                spark,
                run.manifest(),
                run.configuration(settings.toArray(String[]::new)),
                Progress.SILENT)
            .run()
            .record()
            .rankedDigest();
    ExecutorRuntime.shutDown();
  }

  @AfterEach
  void leavesNothingBehind() {
    assertThat(shared).isEmptyDirectory();
  }

  @Test
  void findsTheSameOnTwoExecutorsOnAStoreThoughOneIsKilled(S3Server s3) throws Exception {
    String bucket = s3.newBucket();
    for (Path file : files(run.manifestFile().getParent())) {
      s3.write(
          bucket,
          run.manifestFile().getParent().relativize(file).toString(),
          Files.readAllBytes(file));
    }
    Map<String, String> spark = new TreeMap<>(ExecutorProcess.SETTINGS);
    s3.settings().forEach((key, value) -> spark.put("spark.hadoop." + key, value));
    List<String> arguments = new ArrayList<>(List.of("search"));
    List<String> settings = new ArrayList<>(settings(ScriptedWorker.command(Fault.NONE, once)));
    settings.add("manifest=s3a://" + bucket + "/manifest.conf");
    settings.add("output=s3a://" + bucket + "/run");
    settings.add("cache.directory=" + folder.resolve("cache"));
    settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
    SparkSubmit search = SparkSubmit.start(folder, "local-cluster[2,1,1024]", spark, arguments);

    ExecutorProcess executor = ExecutorProcess.await(search, 0);
    executor.holdAt("org.mergetomix.worker.WorkerProcess", "ask", EVALUATE, 1);
    List<ProcessHandle> workers = workers();
    executor.kill();

    assertThat(search.exitCode()).as(search.log()).isZero();
    assertThat(search.found(DIGEST)).isEqualTo(local);
    awaitEnd(workers);
  }

  @Test
  void leavesNoProcessWithAKilledDriverAndFindsTheSameWhenItIsStartedAgain() throws Exception {
    List<String> arguments = new ArrayList<>(List.of("search"));
    List<String> settings = new ArrayList<>(settings(ScriptedWorker.command(Fault.HANGS, once)));
    settings.add("manifest=" + run.manifestFile());
    settings.add("output=" + run.output());
    settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
    SparkSubmit killed = SparkSubmit.start(folder, "local[1]", arguments);
    awaitOnce(killed);
    List<ProcessHandle> workers = workers();

    killed.kill();

    awaitEnd(workers);
    SparkSubmit again = SparkSubmit.run(folder, "local[1]", arguments);
    assertThat(again.found(DIGEST)).isEqualTo(local);
  }

  private List<String> settings(List<String> command) {
    return List.of(
        "search.partition-size=1",
        "evaluation.engine=worker",
        "worker.command=" + String.join(",", command),
        "worker.shared-memory=" + shared);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  /** Until a worker was asked for its first evaluation, and hangs. */
  private void awaitOnce(SparkSubmit search) throws Exception {
    try (WatchService files = folder.getFileSystem().newWatchService()) {
      folder.register(files, StandardWatchEventKinds.ENTRY_CREATE);
      while (!Files.exists(once)) {
        assertThat(search.isAlive()).as(search.log()).isTrue();
        WatchKey seen = files.poll(1, TimeUnit.SECONDS);
        if (seen != null) {
          seen.reset();
        }
      }
    }
  }

  private List<ProcessHandle> workers() {
    List<ProcessHandle> workers = ProcessHandle.allProcesses().filter(this::isWorker).toList();
    assertThat(workers).isNotEmpty();
    return workers;
  }

  private static void awaitEnd(List<ProcessHandle> workers) throws Exception {
    for (ProcessHandle worker : workers) {
      worker.onExit().get(SECONDS, TimeUnit.SECONDS);
    }
  }

  /** By the file that is told to it; what Java knows of other processes ends before that. */
  private boolean isWorker(ProcessHandle process) {
    try {
      Path line = Path.of("/proc", String.valueOf(process.pid()), "cmdline");
      String command = Files.readString(line, StandardCharsets.ISO_8859_1);
      return command.contains("\0" + ScriptedWorker.class.getName() + "\0")
          && command.contains("\0" + once + "\0");
    } catch (IOException gone) {
      return false;
    }
  }
}
