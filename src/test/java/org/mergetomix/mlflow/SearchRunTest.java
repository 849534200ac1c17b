package org.mergetomix.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said to a server; that MLflow's own takes it is seen in CI. */
class SearchRunTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<JsonNode> bodies = new CopyOnWriteArrayList<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private String runs = "{}";
  private String artifacts = "mlflow-artifacts:/7/r1/artifacts";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void makesExperimentAndRunAndPutsTheReportThere() throws IOException {
    assertThat(tell(Map.of("MLFLOW_TRACKING_TOKEN", "s3cret"))).isEmpty();

    assertThat(requests)
        .containsExactly(
            "GET /api/2.0/mlflow/experiments/get-by-name?experiment_name=my+searches",
            "POST /api/2.0/mlflow/experiments/create",
            "POST /api/2.0/mlflow/runs/search",
            "POST /api/2.0/mlflow/runs/create",
            "POST /api/2.0/mlflow/runs/log-batch",
            "PUT /api/2.0/mlflow-artifacts/artifacts/7/r1/artifacts/report.html",
            "POST /api/2.0/mlflow/runs/update");
    JsonNode batch = bodies.get(3);
    assertThat(batch.path("metrics")).hasSize(1);
    assertThat(batch.at("/metrics/0/key").asText()).isEqualTo("best_score");
    assertThat(batch.at("/params/0/value").asText()).isEqualTo("average");
    assertThat(authorizations).containsOnly("Bearer s3cret");
    String key = bodies.get(2).at("/tags/0/value").asText();
    assertThat(bodies.get(1).path("filter").asText()).contains(key);
  }

  @Test
  void tellsTheRunThatIsThereAndSaysWhereTheReportIsNot() throws IOException {
    artifacts = "s3://bucket/7/r1/artifacts";
    runs = "{\"runs\": [%s]}".formatted(run());

    assertThat(tell(Map.of("MLFLOW_TRACKING_USERNAME", "me", "MLFLOW_TRACKING_PASSWORD", "s3cret")))
        .hasValueSatisfying(said -> assertThat(said).contains("the report is not there"));

    assertThat(requests)
        .noneMatch(request -> request.contains("create") && request.contains("run"));
    assertThat(authorizations).containsOnly("Basic bWU6czNjcmV0");
  }

  @Test
  void putsTheReportWhereTheServersOwnAddressStandsInItsPlace() throws IOException {
    artifacts = "mlflow-artifacts://mlflow:5000/7/r%201/artifacts";

    assertThat(tell(Map.of())).isEmpty();

    assertThat(requests)
        .contains("PUT /api/2.0/mlflow-artifacts/artifacts/7/r%201/artifacts/report.html");
    assertThat(authorizations).containsOnlyNulls();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"mlflow-artifacts:/7/r 1", "mlflow-artifacts://[/7", "mlflow-artifacts:7"})
  void failsAsAServerThatCannotBeToldWhereItsPlaceIsNone(String place) {
    artifacts = place;

    assertThatThrownBy(() -> tell(Map.of())).isInstanceOf(IOException.class);
  }

  @Test
  void takesTheTokenFirstAndNothingThatIsEmpty() throws IOException {
    Map<String, String> environment = new HashMap<>();
    environment.put("MLFLOW_TRACKING_USERNAME", "me");
    environment.put("MLFLOW_TRACKING_PASSWORD", "");
    environment.put("MLFLOW_TRACKING_TOKEN", "");
    tell(environment);
    assertThat(authorizations).isNotEmpty().containsOnlyNulls();

    authorizations.clear();
    environment.put("MLFLOW_TRACKING_PASSWORD", "s3cret");
    environment.put("MLFLOW_TRACKING_TOKEN", "t0ken");
    tell(environment);
    assertThat(authorizations).containsOnly("Bearer t0ken");
  }

  @Test
  void saysWhatTheServerAnsweredAndNoSecret() {
    server.removeContext("/");

    assertThatThrownBy(() -> tell(Map.of("MLFLOW_TRACKING_TOKEN", "s3cret")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("404")
        .hasMessageNotContaining("s3cret");
    assertThatThrownBy(() -> tell(Map.of("MLFLOW_TRACKING_TOKEN", "s3\ncret")))
        .isInstanceOf(IOException.class)
        .hasMessageNotContaining("cret");
  }

  private Optional<String> tell(Map<String, String> environment) throws IOException {
    Path report = Files.writeString(folder.resolve("report.html"), "<html/>");
    return new SearchRun(
            "run",
            "merge-to-mix",
            "2026-11-28T04:00:00Z",
            "2026-11-28T04:10:00Z",
            new TreeMap<>(Map.of("merge.method", "average")),
            new TreeMap<>(Map.of("best_score", 3.5, "unknown", Double.NaN)),
            new TreeMap<>(Map.of("best", "es+fr")))
        .tell(new MlflowSettings(address(), "my searches"), environment, report);
  }

  private String address() {
    return "http://%s:%s/"
        .formatted(server.getAddress().getHostString(), server.getAddress().getPort());
  }

  private String run() {
    return "{\"info\": {\"run_id\": \"r1\", \"artifact_uri\": \"%s\"}}".formatted(artifacts);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString();
    requests.add(exchange.getRequestMethod() + " " + path);
    authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (exchange.getRequestMethod().equals("POST")) {
      bodies.add(JSON.readTree(body));
    }
    boolean missing = path.contains("get-by-name");
    String answer =
        path.endsWith("experiments/create")
            ? "{\"experiment_id\": \"7\"}"
            : path.endsWith("runs/search")
                ? runs
                : path.endsWith("runs/create") ? "{\"run\": %s}".formatted(run()) : "{}";
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(missing ? 404 : 200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
