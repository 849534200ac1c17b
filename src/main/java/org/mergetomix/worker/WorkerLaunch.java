package org.mergetomix.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.problem.FileProblems;
import org.mergetomix.problem.UserException;

/** Starts workers: a user's own, or the one that comes with this program, which lies in its jar. */
public final class WorkerLaunch {

  private static final String PACKAGE = "merge_to_mix_worker";

  /** The modules of the package, all of them. */
  static final List<String> MODULES =
      List.of("__init__", "__main__", "channel", "engine", "parameters", "self_check", "windows");

  private WorkerLaunch() {}

  /**
   * The versions of everything that decides a worker's scores, as it tells them when it is started
   * here.
   *
   * @return one or more, by name
   * @throws UserException if it cannot be started, or does not answer so
   */
  public static SortedMap<String, String> versions(WorkerSettings settings) {
    try (SharedFolder folder = SharedFolder.in(Path.of(settings.sharedMemory()));
        WorkerProcess process = start(settings, folder, ComputeDevice.CPU)) {
      ObjectNode request = WorkerProcess.request("describe");
      return versions(process, process.ask(request.put("protocol", WorkerProcess.PROTOCOL)));
    }
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
