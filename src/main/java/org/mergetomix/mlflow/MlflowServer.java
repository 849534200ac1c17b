package org.mergetomix.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** The REST interface of an MLflow server, as far as it is needed. Safe for several threads. */
final class MlflowServer {

  private static final String API = "/api/2.0/mlflow/";
  private static final String ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/";

  private static final Duration CONNECTING = Duration.ofSeconds(5);
  private static final Duration ANSWERING = Duration.ofSeconds(30);

  private static final int SHOWN = 200;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String address;
  private final Optional<String> authorization;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECTING).build();

  /**
   * A server.
   *
   * @param environment in which MLflow's own clients find token, or user and password
   */
  MlflowServer(String address, Map<String, String> environment) {
    this.address = address.replaceFirst("/+$", "");
    this.authorization = authorization(environment);
  }

  private static Optional<String> authorization(Map<String, String> environment) {
    Optional<String> user = given(environment, "MLFLOW_TRACKING_USERNAME");
    Optional<String> password = given(environment, "MLFLOW_TRACKING_PASSWORD");
    return given(environment, "MLFLOW_TRACKING_TOKEN")
        .map(token -> "Bearer " + token)
        .or(() -> user.flatMap(name -> password.map(secret -> basic(name + ":" + secret))));
  }

  private static Optional<String> given(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty());
  }

  private static String basic(String both) {
    return "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
  }

  /** A request that is to be filled. */
  static ObjectNode request() {
    return JSON.createObjectNode();
  }

  /**
   * Has the server do something.
   *
   * @throws IOException if it cannot be reached, or refuses
   */
  JsonNode post(String operation, ObjectNode request) throws IOException {
    return answer(
        operation,
        builder(API + operation)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(request.toString()))
            .build());
  }

  /** The id of an experiment, which is made where it is missing. */
  String experiment(String name) throws IOException {
    String query = "experiments/get-by-name?experiment_name=" + encoded(name);
    HttpResponse<String> found = send(builder(API + query).GET().build());
    if (found.statusCode() == 404) {
      return post("experiments/create", request().put("name", name)).path("experiment_id").asText();
    }
    return answer("experiments/get-by-name", found)
        .path("experiment")
        .path("experiment_id")
        .asText();
  }

  /**
   * Puts a file where the server keeps artifacts.
   *
   * @param place of the run's artifacts, as {@code mlflow-artifacts:/1/abc/artifacts}; a server
   *     that it may name is this one
   */
  void upload(String place, String name, Path file) throws IOException {
    answer(
        "mlflow-artifacts",
        builder(ARTIFACTS + path(place) + "/" + name).PUT(BodyPublishers.ofFile(file)).build());
  }

  private static String path(String place) throws IOException {
    try {
      String path = new URI(place).getPath();
      if (path != null) {
        String fromRoot = "/" + path.replaceFirst("^/+", "");
        return new URI(null, null, fromRoot, null).toASCIIString().substring(1);
      }
    } catch (URISyntaxException malformed) {
      // Said below, as where it has no path.
    }
    throw new IOException("The server keeps artifacts where there is no path: " + place);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private HttpRequest.Builder builder(String path) throws IOException {
    HttpRequest.Builder builder = HttpRequest.newBuilder().timeout(ANSWERING);
    try {
      builder.uri(URI.create(address + path));
    } catch (IllegalArgumentException malformed) {
      throw new IOException("There can be no request to " + address + path, malformed);
    }
    try {
      authorization.ifPresent(secret -> builder.header("Authorization", secret.strip()));
      return builder;
    } catch (IllegalArgumentException showsTheSecret) {
      throw new IOException("The token in the environment has characters that no header may have");
    }
  }

  private JsonNode answer(String operation, HttpRequest request) throws IOException {
    return answer(operation, send(request));
  }

  private static JsonNode answer(String operation, HttpResponse<String> response)
      throws IOException {
    if (response.statusCode() != 200) {
      String text = response.body().strip();
      throw new IOException(
          "%s was answered with status %s: %s"
              .formatted(
                  operation,
                  response.statusCode(),
                  text.substring(0, Math.min(SHOWN, text.length()))));
    }
    return JSON.readTree(response.body());
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, BodyHandlers.ofString());
    } catch (InterruptedException told) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted", told);
    } catch (IllegalArgumentException refused) {
      throw new IOException(refused);
    }
  }
}
