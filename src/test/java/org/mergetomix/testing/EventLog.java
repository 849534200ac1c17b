package org.mergetomix.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What Spark wrote down of the tasks of a job. */
public final class EventLog {

  private static final ObjectMapper JSON = new ObjectMapper();

  private EventLog() {}

  /** What makes Spark write its events into a folder. */
  public static Map<String, String> settings(Path folder) throws IOException {
    Map<String, String> settings = new TreeMap<>();
    settings.put("spark.eventLog.enabled", "true");
    settings.put("spark.eventLog.compress", "false");
    settings.put("spark.eventLog.rolling.enabled", "false");
    settings.put("spark.eventLog.dir", Files.createDirectories(folder).toUri().toString());
    return settings;
  }

  /**
   * How the tasks of jobs ended, in Spark's words such as {@code Success} or {@code
   * ExecutorLostFailure}.
   *
   * @param description how the descriptions of the jobs begin
   */
  public static List<String> endings(Path folder, String description) throws IOException {
    Set<Integer> stages = new HashSet<>();
    List<String> endings = new ArrayList<>();
    for (JsonNode event : events(folder)) {
      String name = event.path("Event").asText();
      String described = event.path("Properties").path("spark.job.description").asText();
      if (name.equals("SparkListenerJobStart") && described.startsWith(description)) {
        event.path("Stage IDs").forEach(stage -> stages.add(stage.asInt()));
      }
      if (name.equals("SparkListenerTaskEnd") && stages.contains(event.path("Stage ID").asInt())) {
        endings.add(event.path("Task End Reason").path("Reason").asText());
      }
    }
    return endings;
  }

  /** The jobs that have no description, by the names of their stages; Spark's pages show it. */
  public static List<String> undescribed(Path folder) throws IOException {
    return events(folder).stream()
        .filter(event -> event.path("Event").asText().equals("SparkListenerJobStart"))
        .filter(event -> !event.path("Properties").has("spark.job.description"))
        .map(event -> event.path("Stage Infos").findValuesAsText("Stage Name").toString())
        .toList();
  }

  /** What the applications are called. */
  public static List<String> names(Path folder) throws IOException {
    return events(folder).stream()
        .filter(event -> event.path("Event").asText().equals("SparkListenerApplicationStart"))
        .map(event -> event.path("App Name").asText())
        .toList();
  }

  private static List<JsonNode> events(Path folder) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        for (String line : Files.readAllLines(file)) {
          if (line.startsWith("{")) {
            events.add(JSON.readTree(line));
          }
        }
      }
    }
    return events;
  }
}
