package org.mergetomix.table;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.SubsetWeights;
import org.mergetomix.output.Commits;
import org.mergetomix.output.DriverNotice;
import org.mergetomix.output.OutputFiles;
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

  private static final String EVALUATIONS = "evaluations";
  private static final String RANKED = "ranked";
  private static final String RANKINGS = "rankings";
  private static final String INTERACTIONS = "interactions";
  private static final String CORRECTED = "corrected";
  private static final String FIDELITY = "fidelity";
  private static final String DRIVERS = "drivers";

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
    return new EvaluationsTable(spark, directory.child(EVALUATIONS));
  }

  /** The tasks table. */
  public TasksTable tasks(SparkSession spark) {
    return new TasksTable(spark, directory.child("tasks"));
  }

  /** {@code ranked/}. */
  public RankedTable ranked(SparkSession spark) {
    return new RankedTable(spark, directory.child(RANKED));
  }

  /** {@code rankings/NAME/}: a table like the ranked one, by another objective. */
  public RankedTable ranking(SparkSession spark, String name) {
    return new RankedTable(spark, rankings().child(name));
  }

  /** {@code rankings/}. */
  public Location rankings() {
    return directory.child(RANKINGS);
  }

  /** {@code interactions/}. */
  public InteractionsTable interactions(SparkSession spark) {
    return new InteractionsTable(spark, directory.child(INTERACTIONS));
  }

  /** {@code corrected/}. */
  public CorrectedTable corrected(SparkSession spark) {
    return new CorrectedTable(spark, directory.child(CORRECTED));
  }

  /** {@code fidelity/}. */
  public FidelityTable fidelity(SparkSession spark) {
    return new FidelityTable(spark, directory.child(FIDELITY));
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
          "run.json has format %s, and this version reads format %s"
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
    // Not there before other kinds of surface were told.
    if (json.path("surface") instanceof ObjectNode surface && !surface.has("rivals")) {
      surface.putObject("rivals");
    }
    // Nor was this before anything was known of datasets beside their experts.
    if (json.path("start") instanceof ObjectNode start && !start.has("baselines")) {
      start.putObject("baselines");
    }
    // Nor this before there were other weights than equal ones.
    if (json.path("search") instanceof ObjectNode search && !search.has("weights")) {
      search.set("weights", JSON.valueToTree(SubsetWeights.EQUAL));
    }
    return JSON.treeToValue(json, RunRecord.class);
  }

  /**
   * What {@code run.json} says.
   *
   * @throws UserException if there is none
   */
  public RunRecord require() {
    return require(
        "There is no run in the output directory", "Run search first, or correct output");
  }

  /**
   * What {@code run.json} says.
   *
   * @param missing what to say where there is none
   * @param remedy how to mend that
   * @throws UserException if there is none
   */
  public RunRecord require(String missing, String remedy) {
    reach();
    return read().orElseThrow(() -> UserException.input(missing, directory.toString(), remedy));
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
      requireSame(present.get(), runId, identity);
      return;
    }
    if (!entries().isEmpty()) {
      throw UserException.usage(
          "The output directory is not empty and holds no run.json",
          directory.toString(),
          "Choose another output, or empty it");
    }
  }

  private void requireSame(RunRecord present, String runId, SortedMap<String, String> identity) {
    if (!present.runId().equals(runId)) {
      throw UserException.usage(differences(present.run().identity(), identity));
    }
  }

  /** Writes {@code run.json}, whole or not at all, whatever it said before. */
  public void write(RunRecord run) {
    try {
      write(record(), JSON.writeValueAsString(run) + "\n");
    } catch (JsonProcessingException bug) {
      throw new IllegalStateException("The run record cannot be written as JSON", bug);
    }
  }

  /**
   * Changes what {@code run.json} says now, which another driver may have written since this one
   * looked: what that one found stays.
   *
   * @param own what this driver knows of the run: taken where there is no {@code run.json}
   * @return what was written
   * @throws UserException if the directory belongs to another run by now
   */
  public RunRecord update(RunRecord own, UnaryOperator<RunRecord> change) {
    RunRecord present = read().orElse(own);
    requireSame(present, own.runId(), own.run().identity());
    RunRecord changed = change.apply(present);
    write(changed);
    return changed;
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
   * Does some work while a notice says that this driver is here. Others are warned of in the log;
   * where there is none, what killed ones left behind half written is deleted.
   */
  public <T> T announced(SparkSession spark, Supplier<T> work) {
    DriverNotice notice = announce(spark);
    try {
      return work.get();
    } finally {
      notice.close();
    }
  }

  private DriverNotice announce(SparkSession spark) {
    try {
      // In this order: who is writing one of these now has a notice, or has finished it.
      List<Location> before = unfinished(spark);
      DriverNotice notice = DriverNotice.post(files, directory.child(DRIVERS));
      if (notice.others().isEmpty() && !before.isEmpty()) {
        List<Location> left = unfinished(spark);
        left.retainAll(before);
        for (Location location : left) {
          files.delete(location);
        }
      }
      return notice;
    } catch (IOException failure) {
      throw OutputProblems.of(directory, failure);
    }
  }

  /** Rounds without a commit, what others keep of theirs, and tables on the way to their place. */
  private List<Location> unfinished(SparkSession spark) throws IOException {
    List<Location> found = new ArrayList<>();
    for (Location folder :
        List.of(
            directory,
            directory.child(RANKED),
            rankings(),
            directory.child(INTERACTIONS),
            directory.child(CORRECTED),
            directory.child(FIDELITY))) {
      for (Location child : files.children(folder)) {
        if (OutputFiles.isUnfinished(child) && !child.name().endsWith(report().name())) {
          found.add(child);
        }
      }
    }
    Location evaluations = directory.child(EVALUATIONS);
    List<Location> rounds = new ArrayList<>(files.children(evaluations));
    rounds.removeIf(child -> !child.name().startsWith("round="));
    if (!rounds.isEmpty()) {
      rounds.removeAll(Commits.committed(spark, evaluations));
      found.addAll(Commits.left(spark, evaluations));
    }
    found.addAll(rounds);
    return found;
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
          .filter(child -> !OutputFiles.isUnfinished(child))
          .filter(child -> !child.name().equals(DRIVERS))
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
