package org.mergetomix.worker;

import java.io.BufferedWriter;
import java.io.Flushable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.problem.UserException;

/**
 * A process beside this one that ends when its standard input does, and so with this process;
 * whatever its end was, a {@link UserException} says it, with the last lines of its errors. One
 * thread.
 */
final class ChildProcess {

  private static final long POLL_MILLISECONDS = 100;
  private static final long LAST_SECONDS = 2;

  private final Process process;
  private final Role role;
  private final String name;
  private final BufferedWriter input;
  private final Answers answers;

  private ChildProcess(Process process, Role role, String name) {
    this.process = process;
    this.role = role;
    this.name = name;
    this.input = process.outputWriter(StandardCharsets.UTF_8);
    this.answers = new Answers(process);
  }

  /**
   * What a process is for.
   *
   * @param name what messages call it
   * @param keys what has to be mended where it cannot be started
   */
  record Role(String name, String keys) {}

  /**
   * Starts a process.
   *
   * @throws UserException usage, if it cannot be started
   */
  static ChildProcess start(
      Role role, List<String> command, Map<String, String> environment, Path directory) {
    ProcessBuilder builder =
        new ProcessBuilder(command.stream().map(ChildProcess::located).toList())
            .directory(directory.toFile());
    builder.environment().putAll(environment);
    try {
      ChildProcess child = new ChildProcess(builder.start(), role, command.get(0));
      ProcessStatistics.started();
      return child;
    } catch (IOException failure) {
      throw UserException.usage(
          "The %s cannot be started: %s".formatted(role.name(), failure.getMessage()),
          command.get(0),
          "Have it on every executor, executable; %s what is run".formatted(role.keys()));
    }
  }

  /** What Spark unpacked beside this process is found from the other's folder, too. */
  private static String located(String word) {
    boolean here = word.contains("/") && Files.exists(Path.of("").resolve(word));
    return here ? Path.of(word).toAbsolutePath().toString() : word;
  }

  /**
   * What every such process finds in its environment.
   *
   * @param devices that it sees; GPUs, or the CPU alone
   * @param threads that it computes with on a CPU
   */
  static Map<String, String> environment(List<ComputeDevice> devices, int threads) {
    Map<String, String> environment = new TreeMap<>();
    // The numbers that Spark gives are those of the driver's tools.
    environment.put("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
    environment.put(
        "CUDA_VISIBLE_DEVICES",
        devices.stream()
            .flatMap(device -> device.gpu().stream().map(String::valueOf))
            .collect(Collectors.joining(",")));
    environment.put("OMP_NUM_THREADS", String.valueOf(threads));
    return environment;
  }

  /** Its name in messages. */
  String name() {
    return name;
  }

  /** Tells it a line. It may not read, and nobody waits for that but a thread of its own. */
  void tell(String line) {
    tell(line, input);
  }

  /** The same for the last line that it is told. */
  void tellLast(String line) {
    tell(line, input::close);
  }

  private void tell(String line, Flushable end) {
    Thread thread =
        new Thread(
            () -> {
              try {
                synchronized (input) {
                  input.write(line);
                  input.write('\n');
                  end.flush();
                }
              } catch (IOException ended) {
                // What it says, or its end, tells that.
              }
            },
            "merge-to-mix-worker-requests");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * The next thing that it says, or its end; empty when nothing has come for a while.
   *
   * @throws UserException if this thread is interrupted; the process is ended then
   */
  Optional<Answers.Line> next() {
    try {
      return Optional.ofNullable(answers.lines().poll(POLL_MILLISECONDS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException told) {
      Thread.currentThread().interrupt();
      throw failed("was not waited for");
    }
  }

  /** What to say of one that does not do what it should; it is ended. */
  UserException failed(String what) {
    ProcessStatistics.died();
    kill();
    return UserException.input(
        "The %s %s, and was ended".formatted(role.name(), what), name, lastWords());
  }

  /** What to say of one that ended by itself, or closed its output. */
  UserException ended() {
    ProcessStatistics.died();
    String how = exitCode().map(ChildProcess::code).orElse(", closed its output");
    kill();
    return UserException.input("The %s ended%s".formatted(role.name(), how), name, lastWords());
  }

  /** With which code it ended; empty if it still runs after a moment. */
  Optional<Integer> exitCode() {
    await();
    return process.isAlive() ? Optional.empty() : Optional.of(process.exitValue());
  }

  private static String code(int code) {
    return code > 128
        ? " with code %s, by signal %s".formatted(code, code - 128)
        : " with code " + code;
  }

  /** The last lines of its errors, as a sentence; empty if there are none. */
  String lastWords() {
    String words = answers.lastWords();
    return words.isEmpty() ? "" : "It said last: " + words;
  }

  /** Takes a line of its output for one of its errors. */
  void hear(String line) {
    answers.hear(line);
  }

  /** Waits a moment for its end. */
  void await() {
    try {
      process.waitFor(LAST_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException told) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends it with all that it started. */
  void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
