package org.mergetomix.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.evaluation.harness.HarnessContents;
import org.mergetomix.evaluation.harness.HarnessTask;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.problem.FileProblems;
import org.mergetomix.problem.UserException;

/** Starts workers: a user's own, or the one that comes with this program, which lies in its jar. */
public final class WorkerLaunch {

  private static final String PACKAGE = "merge_to_mix_worker";

  /** The modules of the package, all of them. */
  static final List<String> MODULES =
      List.of(
          "__init__",
          "__main__",
          "channel",
          "engine",
          "factors",
          "harness",
          "parameters",
          "self_check",
          "windows",
          "writer");

  /** What keeps the libraries of Hugging Face from the network. */
  private static final List<String> OFFLINE =
      List.of(
          "HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "HF_EVALUATE_OFFLINE", "TRANSFORMERS_OFFLINE");

  private WorkerLaunch() {}

  /**
   * What a worker is.
   *
   * @param versions of everything that decides its scores, one or more, by name
   * @param writes whether it goes on with texts
   * @param takesFactors whether it adds adapters to the base itself
   * @param warnings what whoever started it should know
   * @param tasks what the tasks of lm-eval are that it was asked for, by their ids
   */
  public record Description(
      SortedMap<String, String> versions,
      boolean writes,
      boolean takesFactors,
      List<String> warnings,
      SortedMap<String, HarnessContents> tasks)
      implements Serializable {

    public Description {
      versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
      warnings = List.copyOf(warnings);
      tasks = Collections.unmodifiableSortedMap(new TreeMap<>(tasks));
    }
  }

  /**
   * What a worker tells of itself that is started here.
   *
   * @param tasks of lm-eval that it is to know, by their ids
   * @throws UserException if it cannot be started, or does not answer so; usage, with what is wrong
   *     with each task
   */
  public static Description describe(
      WorkerSettings settings, SortedMap<String, HarnessTask> tasks) {
    try (SharedFolder folder = SharedFolder.in(Path.of(settings.sharedMemory()));
        WorkerProcess process = start(settings, folder, ComputeDevice.CPU)) {
      ObjectNode request = WorkerProcess.request("describe");
      request.put("protocol", WorkerProcess.PROTOCOL);
      if (!tasks.isEmpty()) {
        ObjectNode asked = request.putObject("tasks");
        tasks.forEach((id, task) -> HarnessMessages.ask(asked.putObject(id), task));
      }
      JsonNode answer = process.ask(request);
      return new Description(
          versions(process, answer),
          answer.path("writes").asBoolean(),
          answer.path("factors").asBoolean(),
          warnings(answer.path("warnings")),
          HarnessMessages.contents(process, tasks.keySet(), answer.path("tasks")));
    }
  }

  private static List<String> warnings(JsonNode told) {
    List<String> warnings = new ArrayList<>();
    told.forEach(warning -> warnings.add(warning.asText()));
    return warnings;
  }

  /** The versions in an answer. */
  static SortedMap<String, String> versions(WorkerProcess process, JsonNode answer) {
    SortedMap<String, String> versions = new TreeMap<>();
    answer
        .path("versions")
        .fields()
        .forEachRemaining(version -> versions.put(version.getKey(), version.getValue().asText()));
    if (versions.isEmpty()) {
      throw process.failed("told no versions");
    }
    return Collections.unmodifiableSortedMap(versions);
  }

  /**
   * Starts a worker that sees one device.
   *
   * @param folder where it may lie, until it has answered a request
   */
  static WorkerProcess start(WorkerSettings settings, SharedFolder folder, ComputeDevice device) {
    Map<String, String> environment = ChildProcess.environment(List.of(device), settings.threads());
    String offline = settings.network() == WorkerSettings.Network.NONE ? "1" : "0";
    OFFLINE.forEach(variable -> environment.put(variable, offline));
    List<String> command = settings.command();
    if (command.isEmpty()) {
      Path place = folder.path().resolve("python");
      unpack(place.resolve(PACKAGE));
      String others = System.getenv().getOrDefault("PYTHONPATH", "");
      environment.put(
          "PYTHONPATH", others.isEmpty() ? place.toString() : place + File.pathSeparator + others);
      command = List.of(settings.python(), "-m", PACKAGE);
    }
    return WorkerProcess.start(command, environment, folder.path(), settings.silence());
  }

  private static void unpack(Path place) {
    try {
      Files.createDirectories(place);
      for (String module : MODULES) {
        try (InputStream source =
            WorkerLaunch.class.getResourceAsStream("%s/%s.py".formatted(PACKAGE, module))) {
          Files.write(place.resolve(module + ".py"), source.readAllBytes());
        }
      }
    } catch (IOException failure) {
      throw FileProblems.writing(place, failure);
    }
  }
}
