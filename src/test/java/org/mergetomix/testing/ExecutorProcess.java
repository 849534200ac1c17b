package org.mergetomix.testing;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An executor that is a process of its own, which can be stopped at a place in its work by Java's
 * debugger interface, and killed as a machine that fails does.
 */
public final class ExecutorProcess {

  /** What lets a test hold executors. */
  public static final Map<String, String> SETTINGS =
      Map.of(
          "spark.executor.extraJavaOptions",
          "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0");

  private static final Pattern LISTENING = Pattern.compile("dt_socket at address: (\\d+)");

  private final ProcessHandle process;
  private final Path output;

  private ExecutorProcess(ProcessHandle process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** Waits for an executor of a submission that was started with {@link #SETTINGS}. */
  public static ExecutorProcess await(SparkSubmit submit, int id) throws IOException {
    return await(submit::descendants, id, submit::log);
  }

  /** Waits for an executor whose process is one of these. */
  static ExecutorProcess await(
      Supplier<Stream<ProcessHandle>> processes, int id, Supplier<String> otherwise)
      throws IOException {
    return Await.found(
        () ->
            processes
                .get()
                .filter(child -> isExecutor(child, id))
                .findFirst()
                .flatMap(ExecutorProcess::withOutput),
        otherwise);
  }

  /** A worker has an executor work where its output goes. */
  private static Optional<ExecutorProcess> withOutput(ProcessHandle process) {
    Path folder = Path.of("/proc", Long.toString(process.pid()), "cwd");
    try {
      return Optional.of(folder.toRealPath().resolve("stdout"))
          .filter(Files::exists)
          .map(output -> new ExecutorProcess(process, output));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  /** Java tells no more of a command line than a page of memory holds. */
  private static boolean isExecutor(ProcessHandle process, int id) {
    try {
      String command =
          Files.readString(
              Path.of("/proc", Long.toString(process.pid()), "cmdline"),
              StandardCharsets.ISO_8859_1);
      return command.contains("CoarseGrainedExecutorBackend")
          && command.contains("\0--executor-id\0" + id + "\0");
    } catch (IOException gone) {
      return false;
    }
  }

  /**
   * Stops all of it when it calls a method with another class among the callers, for the n-th time;
   * returns then.
   */
  public void holdAt(String type, String method, String caller, int times)
      throws IOException, InterruptedException {
    int port = Await.found(this::port, () -> "No debugger in " + process);
    new Breakpoint(attach(port), type, method, caller).awaitHit(times);
  }

  private Optional<Integer> port() throws IOException {
    Matcher listening = LISTENING.matcher(Files.readString(output));
    return listening.find() ? Optional.of(Integer.valueOf(listening.group(1))) : Optional.empty();
  }

  private static VirtualMachine attach(int port) throws IOException {
    AttachingConnector connector =
        Bootstrap.virtualMachineManager().attachingConnectors().stream()
            .filter(known -> known.transport().name().equals("dt_socket"))
            .findFirst()
            .orElseThrow();
    Map<String, Connector.Argument> arguments = connector.defaultArguments();
    arguments.get("hostname").setValue("127.0.0.1");
    arguments.get("port").setValue(Integer.toString(port));
    try {
      return connector.attach(arguments);
    } catch (IllegalConnectorArgumentsException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** Whether any thread of it is in a method of a class now. */
  public boolean isIn(String type) throws IOException, InterruptedException {
    Process command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pid()),
                "Thread.print")
            .redirectErrorStream(true)
            .start();
    String threads = new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    command.waitFor();
    return threads.contains("at " + type + ".");
  }

  /** Gives it one core of the machine, all of its threads, by Linux's {@code taskset}. */
  public void holdToCore(int core) throws IOException, InterruptedException {
    Process command =
        new ProcessBuilder("taskset", "-acp", String.valueOf(core), Long.toString(process.pid()))
            .redirectErrorStream(true)
            .start();
    String said = new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (command.waitFor() != 0) {
      throw new IllegalStateException(said);
    }
  }

  /** Kills it: nothing is closed. Returns when it is gone. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
