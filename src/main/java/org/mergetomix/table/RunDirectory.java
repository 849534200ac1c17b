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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.location.Location;
import org.mergetomix.output.Commits;
import org.mergetomix.output.OutputFiles;
import org.mergetomix.output.OutputLease;
import org.mergetomix.output.OutputProblems;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/** The output directory of one run: where its files lie. */
public final class RunDirectory {

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

  private final Location directory;
  private final OutputFiles files;

  /** The run in {@code directory}, which need not exist and is reached by Hadoop's settings. */
  public RunDirectory(Location directory, Configuration hadoop) {
    this.directory = directory;
    this.files = new OutputFiles(hadoop);
  }

  /** The directory itself. */
  public Location location() {
    return directory;
  }

  /** {@code evaluations/}. */
  public EvaluationsTable evaluations(SparkSession spark) {
    return new EvaluationsTable(spark, directory.child("evaluations"));
  }

  /** {@code ranked/}. */
  public RankedTable ranked(SparkSession spark) {
    return new RankedTable(spark, directory.child("ranked"));
  }

  /** {@code fidelity/}. */
  public FidelityTable fidelity(SparkSession spark) {
    return new FidelityTable(spark, directory.child("fidelity"));
  }

  /** {@code models/}: the models that were really fine-tuned. */
  public Location models() {
    return directory.child("models");
  }

  /** {@code report.html}. */
  public Location report() {
    return directory.child("report.html");
  }

  /** {@code run.json}. */
  public Location record() {
    return directory.child("run.json");
  }

  /**
   * What {@code run.json} says; empty when there is none.
   *
   * @throws UserException if it cannot be read
   */
  public Optional<RunRecord> read() {
    try {
      Optional<byte[]> text = files.read(record());
      return text.isPresent() ? Optional.of(parse(text.get())) : Optional.empty();
    } catch (JacksonException malformed) {
      throw UserException.input(
          "run.json is broken: " + malformed.getOriginalMessage(),
          record().toString(),
          "Restore it, or choose another output directory",
          malformed);
    } catch (IOException failure) {
      throw OutputProblems.of(directory, failure);
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
    reach();
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
    reach();
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

  /**
   * Makes sure that tables can be committed here.
   *
   * @throws UserException usage, if they are to be written to S3 and its committer is not there
   */
  public void requireCommitter(SparkSession spark) {
    Commits.requireCommitter(spark, directory);
  }

  /**
   * Keeps other drivers away from this directory until it is closed.
   *
   * @param seconds how long it holds on when this process dies
   * @param onLoss called once, by another thread, if another driver takes over all the same
   * @throws UserException usage, if another driver is at work here
   */
  public OutputLease lease(long seconds, Runnable onLoss) {
    return OutputLease.acquire(directory, files, seconds, onLoss);
  }

  private void reach() {
    try {
      files.reach(directory);
    } catch (IOException failure) {
      throw OutputProblems.of(directory, failure);
    }
  }

  private void write(Location target, String text) {
    try {
      files.write(target, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException failure) {
      throw OutputProblems.of(directory, failure);
    }
  }

  private List<Location> entries() {
    try {
      Optional<FileStatus> status = files.status(directory);
      if (status.isPresent() && status.get().isFile()) {
        throw new FileAlreadyExistsException();
      }
      // A process that was killed while it wrote leaves its temporary file.
      return files.children(directory).stream()
          .filter(child -> !child.name().startsWith(OutputFiles.UNFINISHED))
          .filter(child -> !child.name().equals(OutputLease.FOLDER))
          .toList();
    } catch (IOException failure) {
      throw OutputProblems.of(directory, failure);
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
