package org.mergetomix.worker;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.mergetomix.problem.UserException;

/**
 * A process that is asked, and answers: JSON, a line each, strictly in turn. Whatever else it says
 * or does ends it, and a {@link UserException} says what it was. It ends when its standard input
 * does, and so with this process. One thread.
 */
final class WorkerProcess implements AutoCloseable {

  /** What both sides speak. */
  static final int PROTOCOL = 1;

  private static final int SHOWN = 200;

  private static final ChildProcess.Role ROLE =
      new ChildProcess.Role("worker", "worker.command and worker.python say");

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(32).build())
              .build());

  private final ChildProcess process;
  private final int silence;
  private int asked;

  private WorkerProcess(ChildProcess process, int silence) {
    this.process = process;
    this.silence = silence;
  }

  /**
   * Starts a process.
   *
   * @param silence seconds until it is given up
   * @throws UserException usage, if it cannot be started
   */
  static WorkerProcess start(
      List<String> command, Map<String, String> environment, Path directory, int silence) {
    return new WorkerProcess(ChildProcess.start(ROLE, command, environment, directory), silence);
  }

  /** A new request. */
  static ObjectNode request(String operation) {
    return JSON.createObjectNode().put("op", operation);
  }

  /**
   * The answer to a request, which is given its id here.
   *
   * @throws UserException with what went wrong; the process has ended then, unless it said so
   *     itself
   */
  JsonNode ask(ObjectNode request) {
    asked++;
    process.tell(request.put("id", asked).toString());
    return answer();
  }

  private JsonNode answer() {
    long heard = System.nanoTime();
    long steps = -1;
    while (true) {
      Optional<String> next = next();
      if (next.isEmpty()) {
        requireProgressSince(heard);
        continue;
      }
      String line = next.get();
      JsonNode said = parsed(line);
      if (said.path("id").asInt() != asked) {
        throw failed("answered something else than it was asked: " + shown(line));
      }
      if (said.path("event").asText().equals("alive")) {
        long done = said.path("steps").asLong();
        heard = done > steps ? System.nanoTime() : heard;
        steps = Math.max(steps, done);
        requireProgressSince(heard);
      } else if (said.path("ok").asBoolean()) {
        return said;
      } else {
        throw refused(said);
      }
    }
  }

  /** Signs of life without progress are none. */
  private void requireProgressSince(long nanoseconds) {
    if (TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - nanoseconds) >= silence) {
      throw failed("made no progress in %s seconds".formatted(silence));
    }
  }

  /** The next line; empty when none has come yet. */
  private Optional<String> next() {
    Optional<Answers.Line> line = process.next();
    if (line.filter(Answers.Line::isEnd).isPresent()) {
      throw process.ended();
    }
    return line.map(Answers.Line::text);
  }

  private JsonNode parsed(String line) {
    try {
      JsonNode said = JSON.readTree(line);
      if (said.isObject()) {
        return said;
      }
    } catch (JsonProcessingException garbage) {
      throw failed("said what is no answer: " + shown(line));
    }
    throw failed("said what is no answer: " + shown(line));
  }

  private static String shown(String line) {
    return line.length() > SHOWN ? line.substring(0, SHOWN) + "..." : line;
  }

  private UserException refused(JsonNode said) {
    return UserException.input(
        "The worker answered %s: %s"
            .formatted(said.path("kind").asText("an error"), said.path("error").asText()),
        process.name(),
        process.lastWords());
  }

  /** What to say of a worker that does not keep to the protocol; it is ended. */
  UserException failed(String what) {
    return process.failed(what);
  }

  /** Asks it to end, and ends it. */
  @Override
  public void close() {
    process.tellLast(request("close").toString());
    process.await();
    process.kill();
  }
}
