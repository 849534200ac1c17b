package org.mergetomix.table;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/** The output directory of one run: where its files lie. */
public final class RunDirectory {

  /** What the names of files begin with that are still being written. */
  private static final String UNFINISHED = ".unfinished-";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          // A record with a gap in it would fail later, far from the file.
          .enable(
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path directory;

  /** The run in {@code directory}, which need not exist. */
  public RunDirectory(Path directory) {
    this.directory = directory.toAbsolutePath().normalize();
  }

  /** The directory itself. */
  public Path path() {
    return directory;
  }

  /** {@code evaluations/}. */
  public EvaluationsTable evaluations(SparkSession spark) {
    return new EvaluationsTable(spark, directory.resolve("evaluations"));
  }

  /** {@code ranked/}. */
  public RankedTable ranked(SparkSession spark) {
    return new RankedTable(spark, directory.resolve("ranked"));
  }

  /** {@code fidelity/}. */
  public FidelityTable fidelity(SparkSession spark) {
    return new FidelityTable(spark, directory.resolve("fidelity"));
  }

  /** {@code models/}: the models that were really fine-tuned. */
  public Path models() {
    return directory.resolve("models");
  }

  /** {@code report.html}. */
  public Path report() {
    return directory.resolve("report.html");
  }

  /** {@code run.json}. */
  public Path record() {
    return directory.resolve("run.json");
  }

  /**
   * What {@code run.json} says; empty when there is none.
   *
   * @throws UserException if it cannot be read
   */
  public Optional<RunRecord> read() {
    if (!Files.exists(record())) {
      return Optional.empty();
    }
    try {
      return Optional.of(parse(Files.readAllBytes(record())));
    } catch (JacksonException malformed) {
      throw UserException.input(
          "run.json is broken: " + malformed.getOriginalMessage(),
          record().toString(),
          "Restore it, or choose another output directory",
          malformed);
    } catch (IOException failure) {
      throw unusable(failure);
    }
  }

  private RunRecord parse(byte[] text) throws IOException {
    JsonNode json = JSON.readTree(text);
    if (json.path("format").isInt() && json.path("format").intValue() != RunRecord.FORMAT) {
      throw UserException.input(
          "run.json has format %d, and this version reads format %d"
              .formatted(json.path("format").intValue(), RunRecord.FORMAT),
          record().toString(),
          "Use the version that wrote it, or choose another output directory");
    }
    if (!json.isObject()) {
      throw UserException.input(
          "run.json is broken: it is not a JSON object",
          record().toString(),
          "Restore it, or choose another output directory");
    }
    return JSON.treeToValue(json, RunRecord.class);
  }

  /**
   * What {@code run.json} says.
   *
   * @throws UserException if there is none
   */
  public RunRecord require() {
    return read()
        .orElseThrow(
            () ->
                UserException.input(
                    "There is no run in the output directory",
                    directory.toString(),
                    "Run search first, or correct output"));
  }

  /**
   * Makes sure that this directory is new or belongs to the run.
   *
   * @param runId the run's id
   * @param identity everything that decides its result, by name
   * @throws UserException if it holds another run or other files, saying what differs; nothing is
   *     changed then
   */
  public void claim(String runId, SortedMap<String, String> identity) {
    Optional<RunRecord> present = read();
    if (present.isPresent()) {
      if (!present.get().runId().equals(runId)) {
        throw UserException.usage(differences(present.get().identity(), identity));
      }
      return;
    }
    if (!entries().isEmpty()) {
      throw UserException.usage(
          "The output directory is not empty and holds no run.json",
          directory.toString(),
          "Choose another output, or empty it");
    }
  }

  /** Writes {@code run.json}, whole or not at all. */
  public void write(RunRecord run) {
    try {
      write(record(), JSON.writeValueAsString(run) + "\n");
    } catch (JsonProcessingException bug) {
      throw new IllegalStateException("The run record cannot be written as JSON", bug);
    }
  }

  /** Writes {@code report.html}, whole or not at all. */
  public void writeReport(String html) {
    write(report(), html);
  }

  private void write(Path target, String text) {
    Path temporary = target.resolveSibling(UNFINISHED + target.getFileName());
    try {
      Files.createDirectories(directory);
      try {
        Files.writeString(temporary, text, StandardCharsets.UTF_8);
        Files.move(
            temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException failure) {
      throw unusable(failure);
    }
  }

  private UserException unusable(IOException failure) {
    return UserException.input(
        "The output directory cannot be used: " + reason(failure),
        directory.toString(),
        "Choose an output that can be written, with room on its disk",
        failure);
  }

  /** What the file system said, without the names of classes. */
  private static String reason(IOException failure) {
    if (failure instanceof NotDirectoryException || failure instanceof FileAlreadyExistsException) {
      return "it is a file";
    }
    if (failure instanceof AccessDeniedException) {
      return "no permission";
    }
    if (failure instanceof NoSuchFileException) {
      return "it cannot be created";
    }
    return failure instanceof FileSystemException inFileSystem && inFileSystem.getReason() != null
        ? inFileSystem.getReason()
        : String.valueOf(failure.getMessage());
  }

  private List<Path> entries() {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(directory)) {
      // A process that was killed while it wrote leaves its temporary file.
      return children
          .filter(child -> !child.getFileName().toString().startsWith(UNFINISHED))
          .toList();
    } catch (IOException failure) {
      throw unusable(failure);
    }
  }

  private List<Problem> differences(
      SortedMap<String, String> present, SortedMap<String, String> asked) {
    List<Problem> problems = new ArrayList<>();
    Set<String> keys = new TreeSet<>(present.keySet());
    keys.addAll(asked.keySet());
    for (String key : keys) {
      String before = present.getOrDefault(key, "nothing");
      String now = asked.getOrDefault(key, "nothing");
      if (!before.equals(now)) {
        problems.add(
            new Problem(
                "The output directory belongs to another run: %s was %s and is now %s"
                    .formatted(key, before, now),
                directory.toString(),
                "Choose another output, or go back to what that run was started with"));
      }
    }
    return problems;
  }
}
