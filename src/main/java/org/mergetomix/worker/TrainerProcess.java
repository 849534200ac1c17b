package org.mergetomix.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.problem.UserException;

/**
 * Runs a trainer: a command that is given a job and a folder, tells how far it is on its standard
 * output, and ends. CONTRIBUTING describes what is said. One thread.
 */
public final class TrainerProcess {

  /** The code with which a trainer ends that saved its work and is to be started again. */
  private static final int TRY_AGAIN = 75;

  private static final ChildProcess.Role ROLE =
      new ChildProcess.Role("trainer", "training.command says");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final TrainerCommand trainer;
  private final ChildProcess process;
  private final IntConsumer progress;
  private int step;
  private int last;
  private long alive;
  private long heard = System.nanoTime();

  private TrainerProcess(
      TrainerCommand trainer, ChildProcess process, int step, IntConsumer progress) {
    this.trainer = trainer;
    this.process = process;
    this.step = step;
    this.progress = progress;
  }

  /**
   * The versions of everything that decides what is trained, as the trainer tells them here.
   *
   * @return one or more, by name
   * @throws UserException if it cannot be started, or does not tell
   */
  public static SortedMap<String, String> versions(TrainerCommand trainer) {
    SortedMap<String, String> versions = new TreeMap<>();
    TrainerProcess asked =
        started(
            trainer,
            List.of("--versions"),
            Path.of(System.getProperty("java.io.tmpdir")),
            List.of(ComputeDevice.CPU),
            0,
            step -> {});
    int code =
        asked.await(
            said ->
                said.path("versions")
                    .fields()
                    .forEachRemaining(
                        version -> versions.put(version.getKey(), version.getValue().asText())),
            () -> {});
    if (code != 0) {
      throw asked.process.ended();
    }
    if (versions.isEmpty()) {
      throw asked.process.failed("told no versions when it was run with --versions");
    }
    return Collections.unmodifiableSortedMap(versions);
  }

  /**
   * Trains, or goes on with what was begun in the folder.
   *
   * @param devices that the trainer sees
   * @param progress told the number of every step that is done, from 1
   * @param wanted called again and again; what it throws ends the trainer
   * @throws UserException with what went wrong; the process has ended then
   */
  public static TrainerResult run(
      TrainerCommand trainer,
      TrainerFolder folder,
      TrainerJob job,
      List<ComputeDevice> devices,
      IntConsumer progress,
      Runnable wanted) {
    job.write(folder.path(), trainer.checkpointSteps());
    List<String> arguments =
        List.of(
            "--job",
            folder.path().resolve(TrainerJob.FILE).toAbsolutePath().toString(),
            "--output",
            folder.path().toAbsolutePath().toString());
    int reached = 0;
    while (true) {
      TrainerProcess run = started(trainer, arguments, folder.path(), devices, reached, progress);
      int code = run.await(run::hear, wanted);
      if (code == 0) {
        return TrainerResult.read(folder.path(), job.digest());
      }
      if (code != TRY_AGAIN || run.step == reached) {
        throw run.process.ended();
      }
      reached = run.step;
    }
  }

  private static TrainerProcess started(
      TrainerCommand trainer,
      List<String> arguments,
      Path directory,
      List<ComputeDevice> devices,
      int step,
      IntConsumer progress) {
    List<String> command = new ArrayList<>(trainer.command());
    command.addAll(arguments);
    return new TrainerProcess(
        trainer,
        ChildProcess.start(
            ROLE, command, ChildProcess.environment(devices, trainer.threads()), directory),
        step,
        progress);
  }

  /** The code that it ends with. */
  private int await(Consumer<JsonNode> saying, Runnable wanted) {
    try {
      while (true) {
        wanted.run();
        Optional<Answers.Line> line = process.next();
        if (line.isEmpty()) {
          requireProgress();
        } else if (line.get().isEnd()) {
          return code(wanted);
        } else {
          saying.accept(parsed(line.get().text()));
        }
      }
    } catch (RuntimeException | Error failure) {
      process.kill();
      throw failure;
    }
  }

  /** Of one that closed its output, after which it may go on. */
  private int code(Runnable wanted) {
    while (true) {
      wanted.run();
      requireProgress();
      Optional<Integer> code = process.exitCode();
      if (code.isPresent()) {
        return code.get();
      }
    }
  }

  private void requireProgress() {
    if (TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - heard) >= trainer.silence()) {
      throw process.failed("made no progress in %s seconds".formatted(trainer.silence()));
    }
  }

  /** What it said; libraries print there too, and what they do is of use if it fails. */
  private JsonNode parsed(String line) {
    try {
      JsonNode said = JSON.readTree(line);
      if (said.isObject()) {
        return said;
      }
    } catch (JsonProcessingException printed) {
      // Told as it stands.
    }
    process.hear(line);
    return MissingNode.getInstance();
  }

  private void hear(JsonNode said) {
    switch (said.path("event").asText()) {
      case "step", "resume" -> reach(said.path("step").asInt());
      case "alive" -> {
        long done = said.path("done").asLong();
        heard = done > alive ? System.nanoTime() : heard;
        alive = Math.max(alive, done);
        requireProgress();
      }
      case "end" -> process.hear(said.path("error").asText());
      default -> requireProgress();
    }
  }

  private void reach(int reached) {
    // One that goes on does some steps again.
    heard = reached > last ? System.nanoTime() : heard;
    last = Math.max(last, reached);
    while (step < reached) {
      step++;
      progress.accept(step);
    }
    requireProgress();
  }
}
