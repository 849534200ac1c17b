package org.mergetomix.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.SparkException;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.output.ParquetTables;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.ExampleScores;

/**
 * Scores of mixtures that somebody wrote down, a row per mixture and task: CSV with a header, JSON
 * Lines or Parquet. Other columns are passed over, so a ranked table is one too.
 *
 * <ul>
 *   <li>{@code mixture}: its id
 *   <li>{@code task}: whose score it is; without this column there is one task
 *   <li>{@code score}: a number; not needed beside {@code example_scores}
 *   <li>{@code example_scores}: a list of numbers, as long for every mixture; not in CSV
 *   <li>{@code status}: rows that say {@code failed} are left out
 * </ul>
 */
public final class ScoreTable {

  /** The task of a table that names none. */
  public static final String TASK = "score";

  /**
   * As many scores of examples as a driver holds of all mixtures: half a gigabyte, for each comes
   * with a weight.
   */
  public static final long MOST_SCORES = 1L << 25;

  /** Of more rows a driver would hold too much, be there one score in each. */
  private static final int MOST_ROWS = 500_000;

  private static final String MIXTURE = "mixture";
  private static final String TASKS = "task";
  private static final String SCORE = "score";
  private static final String EXAMPLES = "example_scores";
  private static final String STATUS = "status";

  private final Location location;
  private final long mostScores;
  private final List<Problem> problems = new ArrayList<>();
  private final SortedMap<String, Mixture> mixtures = new TreeMap<>();
  private final Map<Mixture, SortedMap<String, ExampleScores>> scores = new LinkedHashMap<>();

  private ScoreTable(Location location, long mostScores) {
    this.location = location;
    this.mostScores = mostScores;
  }

  /**
   * The scores by mixture, ascending by their ids, and task. Where only the score of a task is
   * known, it stands as that of one example.
   *
   * @throws UserException (input) if it is not there or no such table, or with all that is wrong in
   *     it: mixtures that are none or come twice, scores that are no numbers, missing tasks; also
   *     if it has more than {@link #MOST_SCORES}
   */
  public static Map<Mixture, SortedMap<String, ExampleScores>> read(
      SparkSession spark, Location location) {
    return read(spark, location, MOST_SCORES);
  }

  /** The same with another bound. */
  static Map<Mixture, SortedMap<String, ExampleScores>> read(
      SparkSession spark, Location location, long mostScores) {
    ScoreTable table = new ScoreTable(location, mostScores);
    try {
      return table.read(ParquetTables.anyFormat(spark, location));
    } catch (Exception failure) {
      if (failure instanceof AnalysisException || failure instanceof SparkException) {
        throw UserException.input(
            "The table of scores cannot be read: " + firstLine(failure),
            location.text(),
            "Give CSV with a header, JSON Lines or Parquet, named by its ending",
            failure);
      }
      throw failure;
    }
  }

  private static String firstLine(Exception failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  private Map<Mixture, SortedMap<String, ExampleScores>> read(Dataset<Row> rows) {
    List<String> columns = Arrays.asList(rows.columns());
    if (!columns.contains(MIXTURE) || !(columns.contains(SCORE) || columns.contains(EXAMPLES))) {
      throw UserException.input(
          "The table of scores has no columns mixture and score, but " + String.join(", ", columns),
          location.text(),
          "Name the columns so");
    }
    addAll(rows, columns);
    checkTasks();
    UserException.inputIfAny(problems);
    Map<Mixture, SortedMap<String, ExampleScores>> ordered = new LinkedHashMap<>();
    mixtures.values().forEach(mixture -> ordered.put(mixture, scores.get(mixture)));
    return ordered;
  }

  /** A part of the table at a time, so that one that is too large is refused before it is held. */
  private void addAll(Dataset<Row> rows, List<String> columns) {
    long count = 0;
    long numbers = 0;
    for (Iterator<Row> each = rows.toLocalIterator(); each.hasNext(); ) {
      count++;
      numbers += add(each.next(), columns);
      requireAtMost(MOST_ROWS, count, "rows");
      requireAtMost(mostScores, numbers, "scores of examples");
    }
  }

  private void requireAtMost(long most, long count, String what) {
    if (count > most) {
      throw UserException.input(
          String.format(Locale.ROOT, "The table of scores has more than %,d %s", most, what),
          location.text(),
          "Take some of them out");
    }
  }

  /** Adds a row and says how many scores it has. */
  private int add(Row row, List<String> columns) {
    String id = text(row, columns, MIXTURE).orElse("");
    if (text(row, columns, STATUS).filter(RowStatus.FAILED.text()::equals).isPresent()) {
      return 0;
    }
    Optional<Mixture> mixture = mixture(id);
    if (mixture.isEmpty()) {
      return 0;
    }
    String task = columns.contains(TASKS) ? text(row, columns, TASKS).orElse("") : TASK;
    double[] examples = examples(row, columns);
    if (examples.length == 0 || !Arrays.stream(examples).allMatch(Double::isFinite)) {
      problem(
          "The score of mixture %s%s is not a finite number".formatted(id, of(task)),
          "Correct it, or take the mixture out");
      return examples.length;
    }
    double[] weights = new double[examples.length];
    Arrays.fill(weights, 1);
    mixtures.put(mixture.get().id(), mixture.get());
    SortedMap<String, ExampleScores> tasks =
        scores.computeIfAbsent(mixture.get(), none -> new TreeMap<>());
    if (tasks.put(task, new ExampleScores(examples, weights)) != null) {
      problem("Mixture %s%s is there twice".formatted(id, of(task)), "Take one of them out");
    }
    return examples.length;
  }

  private static String of(String task) {
    return task.equals(TASK) ? "" : " on task " + task;
  }

  private Optional<Mixture> mixture(String id) {
    try {
      return Optional.of(Mixture.parse(id));
    } catch (UserException wrong) {
      wrong.problems().forEach(one -> problem(one.what() + " in mixture '" + id + "'", ""));
      return Optional.empty();
    }
  }

  /** The scores of the examples; the score of the task where there are none; nothing of neither. */
  private static double[] examples(Row row, List<String> columns) {
    if (columns.contains(EXAMPLES) && row.<Object>getAs(EXAMPLES) != null) {
      return row.<Object>getAs(EXAMPLES) instanceof String
          ? new double[0]
          : row.<Object>getList(row.fieldIndex(EXAMPLES)).stream()
              .mapToDouble(ScoreTable::number)
              .toArray();
    }
    return columns.contains(SCORE)
        ? new double[] {number(row.<Object>getAs(SCORE))}
        : new double[0];
  }

  private static double number(Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    try {
      return value instanceof String text ? Double.parseDouble(text.strip()) : Double.NaN;
    } catch (NumberFormatException none) {
      return Double.NaN;
    }
  }

  private static Optional<String> text(Row row, List<String> columns, String column) {
    return columns.contains(column)
        ? Optional.ofNullable(row.<Object>getAs(column)).map(Object::toString)
        : Optional.empty();
  }

  /** Every mixture has every task, on as many examples. */
  private void checkTasks() {
    TreeSet<String> tasks = new TreeSet<>();
    SortedMap<String, Integer> examples = new TreeMap<>();
    scores.values().forEach(each -> tasks.addAll(each.keySet()));
    for (Mixture mixture : mixtures.values()) {
      SortedMap<String, ExampleScores> there = scores.get(mixture);
      for (String task : tasks) {
        if (!there.containsKey(task)) {
          problem(
              "Mixture %s has no score on task %s".formatted(mixture, task),
              "Add it, or take the mixture out");
        } else if (examples.computeIfAbsent(task, first -> there.get(task).size())
            != there.get(task).size()) {
          problem(
              "Mixture %s has %s example scores%s, and others have %s"
                  .formatted(mixture, there.get(task).size(), of(task), examples.get(task)),
              "Give every mixture the same examples");
        }
      }
    }
  }

  private void problem(String what, String remedy) {
    problems.add(new Problem(what, location.text(), remedy));
  }
}
