package org.mergetomix.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.folder.Digests;

/**
 * A search as an MLflow server has it: one run, found again by what was searched and how, whatever
 * was told of it before.
 *
 * @param runId of what was searched
 * @param name what it is called there
 * @param started ISO 8601
 * @param ended ISO 8601
 * @param parameters how it was searched
 * @param metrics what came out, by name; those that are no numbers are left out
 * @param tags what else there is to say
 */
public record SearchRun(
    String runId,
    String name,
    String started,
    String ended,
    SortedMap<String, String> parameters,
    SortedMap<String, Double> metrics,
    SortedMap<String, String> tags) {

  /** The tag that a search is found again by. */
  private static final String KEY = "merge-to-mix.search";

  /** The most characters of a parameter that every server takes. */
  private static final int LONGEST = 500;

  private static final String PROXIED = "mlflow-artifacts:";

  public SearchRun {
    parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    SortedMap<String, Double> numbers = new TreeMap<>(metrics);
    numbers.values().removeIf(value -> !Double.isFinite(value));
    metrics = Collections.unmodifiableSortedMap(numbers);
    tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
  }

  /** The same for the same search, wherever its output is. */
  private String key() {
    return Digests.sha256(runId, parameters.toString());
  }

  /**
   * Tells the server.
   *
   * @param environment in which MLflow's own clients find token, or user and password
   * @param report a file that goes with it
   * @return what the server did not take, if anything
   * @throws IOException if it cannot be reached, or refuses
   */
  public Optional<String> tell(
      MlflowSettings settings, Map<String, String> environment, Path report) throws IOException {
    MlflowServer server = new MlflowServer(settings.trackingUri(), environment);
    String experiment = server.experiment(settings.experiment());
    JsonNode run = found(server, experiment).orElse(null);
    if (run == null) {
      run = begun(server, experiment);
    }
    JsonNode info = run.path("info");
    String id = info.path("run_id").asText();
    log(server, id);
    String place = info.path("artifact_uri").asText();
    Optional<String> refused = Optional.empty();
    if (place.startsWith(PROXIED)) {
      server.upload(place, "report.html", report);
    } else {
      refused = Optional.of("It does not take artifacts itself, so the report is not there");
    }
    ObjectNode end = MlflowServer.request().put("run_id", id).put("status", "FINISHED");
    server.post("runs/update", end.put("end_time", Instant.parse(ended).toEpochMilli()));
    return refused;
  }

  private Optional<JsonNode> found(MlflowServer server, String experiment) throws IOException {
    ObjectNode search = MlflowServer.request();
    search.putArray("experiment_ids").add(experiment);
    search.put("filter", "tags.\"%s\" = '%s'".formatted(KEY, key())).put("max_results", 1);
    JsonNode runs = server.post("runs/search", search).path("runs");
    return runs.isEmpty() ? Optional.empty() : Optional.of(runs.get(0));
  }

  private JsonNode begun(MlflowServer server, String experiment) throws IOException {
    ObjectNode create =
        MlflowServer.request().put("experiment_id", experiment).put("run_name", name);
    create.put("start_time", Instant.parse(started).toEpochMilli());
    create.putArray("tags").addObject().put("key", KEY).put("value", key());
    return server.post("runs/create", create).path("run");
  }

  private void log(MlflowServer server, String id) throws IOException {
    ObjectNode batch = MlflowServer.request().put("run_id", id);
    entries(batch.putArray("params"), parameters);
    entries(batch.putArray("tags"), tags);
    ArrayNode numbers = batch.putArray("metrics");
    long time = Instant.parse(ended).toEpochMilli();
    metrics.forEach(
        (metric, value) ->
            numbers
                .addObject()
                .put("key", metric)
                .put("value", value)
                .put("timestamp", time)
                .put("step", 0));
    server.post("runs/log-batch", batch);
  }

  private static void entries(ArrayNode array, SortedMap<String, String> texts) {
    texts.forEach(
        (key, text) ->
            array
                .addObject()
                .put("key", key)
                .put("value", text.substring(0, Math.min(LONGEST, text.length()))));
  }
}
