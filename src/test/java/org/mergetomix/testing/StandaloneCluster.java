package org.mergetomix.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A standalone cluster of Spark: a master, and workers of one core each, in processes of their own
 * on free ports of the loopback interface. Closed, they and their executors are gone.
 */
public final class StandaloneCluster implements AutoCloseable {

  private static final Pattern STARTED =
      Pattern.compile("Starting Spark master at (spark://127\\.0\\.0\\.1:[1-9]\\d*)");

  private final Path folder;
  private final Path log;
  private final List<Process> processes = new ArrayList<>();
  private final String master;

  /**
   * Starts one; its workers join when they are up.
   *
   * @param folder where they work
   */
  public StandaloneCluster(Path folder, int workers) throws IOException {
    this.folder = folder;
    this.log = folder.resolve("master.txt");
    try {
      run("master", "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", "0");
      this.master = Await.found(this::started, this::log);
      for (int worker = 0; worker < workers; worker++) {
        run(
            "worker-" + worker,
            "org.apache.spark.deploy.worker.Worker",
            "--host",
            "127.0.0.1",
            "--cores",
            "1",
            "--memory",
            "1g",
            "--work-dir",
            folder.resolve("work").toString(),
            master);
      }
    } catch (IOException | RuntimeException | AssertionError failure) {
      close();
      throw failure;
    }
  }

  private void run(String name, String program, String... arguments) throws IOException {
    List<String> command = SparkSubmit.sparkCommand("256m");
    command.addAll(List.of(program, "--webui-port", "0"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".txt").toFile())
            .directory(folder.toFile());
    builder.environment().putAll(SparkSubmit.SHORT_LIVED);
    builder.environment().putAll(SparkSubmit.surroundings(SparkSubmit.home(folder)));
    processes.add(builder.start());
  }

  private Optional<String> started() throws IOException {
    Matcher started = STARTED.matcher(Files.readString(log));
    return started.find() ? Optional.of(started.group(1)) : Optional.empty();
  }

  private String log() {
    try {
      return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      return failure.toString();
    }
  }

  /** Spark's master, for a submission. */
  public String master() {
    return master;
  }

  /**
   * Waits for an executor of a submission that was started with {@link ExecutorProcess#SETTINGS}.
   */
  public ExecutorProcess executor(SparkSubmit submit, int id) throws IOException {
    return ExecutorProcess.await(this::descendants, id, submit::log);
  }

  private Stream<ProcessHandle> descendants() {
    return processes.stream().flatMap(Process::descendants);
  }

  @Override
  public void close() {
    List<ProcessHandle> executors = descendants().toList();
    processes.forEach(Process::destroyForcibly);
    executors.forEach(ProcessHandle::destroyForcibly);
    processes.forEach(process -> process.onExit().join());
    executors.forEach(executor -> executor.onExit().join());
  }
}
