package org.mergetomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ScoreUnit;
import org.mergetomix.table.CorrectedRow;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.FidelityRow;
import org.mergetomix.table.FrontPlace;
import org.mergetomix.table.RankInterval;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RowStatus;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.testing.EvaluationRows;
import org.mergetomix.testing.SparkSessionExtension;

/**
 * The notebooks are in the source format of Databricks, and the SQL one understands the tables as
 * the program writes them. CI runs the Python one.
 */
@ExtendWith(SparkSessionExtension.class)
class NotebooksTest {

  private static final Path SQL = Path.of("notebooks", "read_a_run.sql");
  private static final List<String> MIXTURES = List.of("a", "a+b", "a+b+c", "a+c", "b", "b+c", "c");
  private static final List<Double> SCORES = List.of(2.0, 1.0, 3.0, 4.0, 5.0, 6.0, 7.0);

  private static final List<String> TRADE_OFF = List.of("pareto", "rank", "mixture", "task_scores");

  @TempDir private Path run;

  @ParameterizedTest
  @CsvSource({"read_a_run.py, #", "read_a_run.sql, --"})
  void isInTheSourceFormat(String name, String comment) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("notebooks", name));

    assertThat(lines.get(0)).isEqualTo(comment + " Databricks notebook source");
    for (List<String> cell : cells(lines.subList(1, lines.size()), comment)) {
      List<String> written = cell.stream().filter(line -> !line.isBlank()).toList();
      assertThat(written).as("an empty cell").isNotEmpty();
      boolean magic = written.get(0).startsWith(comment + " MAGIC ");
      if (magic) {
        assertThat(written.get(0)).isEqualTo(comment + " MAGIC %md");
      }
      assertThat(written)
          .as("a cell is either all magic or none")
          .allMatch(line -> magic == line.startsWith(comment + " MAGIC"));
    }
  }

  @Test
  void answersTheQuestionsInSql(SparkSession spark, JavaSparkContext context) throws IOException {
    writeARun(spark, context);
    List<Dataset<Row>> answers = answers(spark);

    assertThat(only(answers, "run_id").first().<String>getAs("state")).isEqualTo("CONFIRMED");

    assertThat(only(answers, "tied").collectAsList())
        .extracting(row -> row.getAs("mixture"), row -> row.getAs("tied"))
        .startsWith(tuple("a+b", true), tuple("a", true), tuple("a+b+c", false))
        .hasSize(MIXTURES.size());

    Row failure = only(answers, "error").first();
    assertThat(failure.<String>getAs("error")).isEqualTo("no memory");
    assertThat(failure.<Long>getAs("mixtures")).isEqualTo(1);

    assertThat(only(answers, "gain").collectAsList())
        .extracting(row -> row.getAs("dataset"), row -> row.getAs("gain"))
        .containsExactly(tuple("c", 0.5), tuple("a", 0.25), tuple("b", -0.25));
    assertThat(only(answers, "gain").first().<Double>getAs("gain_standard_error")).isNaN();
    assertThat(only(answers, "gain").first().<String>getAs("basis")).isEqualTo("exact");

    // Ranks 1, 2.5, 2.5, 4 against 2, 1, 3, 4.
    Row spearman = only(answers, "spearman").first();
    assertThat(spearman.<Long>getAs("mixtures")).isEqualTo(4);
    assertThat(spearman.<Double>getAs("spearman"))
        .isCloseTo(3.0 / Math.sqrt(4.5 * 5), within(1e-12));

    Row round = only(answers, "number").first();
    assertThat(round.<String>getAs("strategy")).isEqualTo("exhaustive");
    assertThat(round.<Integer>getAs("number")).isEqualTo(1);
    assertThat(round.<Long>getAs("mixtures")).isEqualTo(MIXTURES.size() + 1);
    assertThat(round.<Double>getAs("merge_seconds"))
        .isCloseTo((MIXTURES.size() + 2) * 0.125, within(1e-9));
    assertThat(only(answers, "train_seconds").first().getDouble(0)).isEqualTo(5 * 10.0);
  }

  @Test
  void showsWhatThereIsBeforeAnyMixtureIsFineTuned(SparkSession spark, JavaSparkContext context)
      throws IOException {
    writeARun(spark, context);
    FileUtils.deleteDirectory(run.resolve("fidelity").toFile());
    List<Dataset<Row>> answers = answers(spark);

    assertThat(only(answers, "tied").count()).isEqualTo(MIXTURES.size());
    assertThat(only(answers, "spearman").first().<Long>getAs("mixtures")).isZero();
    assertThat(only(answers, "confirm_score").collectAsList()).isEmpty();
  }

  @Test
  void showsWhatIsOnTheFrontOverTwoTasks(SparkSession spark, JavaSparkContext context)
      throws IOException {
    writeARun(spark, context);
    writeRanked(
        spark,
        context
            .parallelize(List.of("a FRONT", "a+b FRONT", "b TIED", "c BEHIND"), 1)
            .map(NotebooksTest::placed));
    List<Dataset<Row>> answers = answers(spark);

    assertThat(
            answers.stream()
                .filter(answer -> List.of(answer.columns()).equals(TRADE_OFF))
                .findFirst()
                .orElseThrow()
                .collectAsList())
        .extracting(row -> row.getAs("pareto") + " " + row.getAs("mixture"))
        .containsExactly("front a", "front a+b", "tied b");
  }

  @Test
  void saysNothingOfTrainingsThatWereComparedWithAnotherRanking(
      SparkSession spark, JavaSparkContext context) throws IOException {
    writeARun(spark, context);
    RunDirectory directory = new RunDirectory(Location.of(run), new Configuration());
    directory
        .corrected(spark)
        .write(List.of(new CorrectedRow(1, "a+b", 1, 1, new Estimate(1, .1), 2)));
    assertThat(only(answers(spark), "corrected_rank").count()).isOne();

    Path record = directory.record().path();
    Files.writeString(record, Files.readString(record).replace("CONFIRMED", "RANKED"));
    List<Dataset<Row>> answers = answers(spark);

    assertThat(only(answers, "corrected_rank").collectAsList()).isEmpty();
    assertThat(only(answers, "confirm_score").collectAsList()).isEmpty();
    assertThat(only(answers, "spearman").first().<Long>getAs("mixtures")).isZero();
  }

  private List<Dataset<Row>> answers(SparkSession spark) throws IOException {
    List<Dataset<Row>> answers = new ArrayList<>();
    for (String statement : statements()) {
      if (!statement.startsWith("CREATE WIDGET")) {
        answers.add(spark.sql(statement.replace("${run}", run.toString())));
      }
    }
    return answers;
  }

  private void writeARun(SparkSession spark, JavaSparkContext context) throws IOException {
    RunDirectory directory = new RunDirectory(Location.of(run), new Configuration());
    List<EvaluationRow> evaluations = new ArrayList<>();
    for (int i = 0; i < MIXTURES.size(); i++) {
      Mixture mixture = Mixture.parse(MIXTURES.get(i));
      double score = SCORES.get(i);
      evaluations.add(EvaluationRows.scored(mixture, score - 1, score + 1));
    }
    Mixture broken = Mixture.parse("a:0.9+b:0.1");
    evaluations.add(EvaluationRows.failed(broken, "no memory"));
    // Of an earlier start, for a mixture that has been evaluated since.
    evaluations.add(EvaluationRows.failed(Mixture.parse("c"), "no memory"));
    directory.evaluations(spark).append("exhaustive", 1, context.parallelize(evaluations, 2));
    writeRanked(
        spark,
        context
            .parallelize(List.copyOf(evaluations.subList(0, MIXTURES.size() + 1)), 1)
            .map(NotebooksTest::ranked));
    directory
        .fidelity(spark)
        .write(
            List.of(
                fidelity("", "base", 9, 9),
                fidelity("a+b", "best", 1, 2),
                fidelity("a+c", "spread", 2, 1),
                fidelity("b+c", "spread", 2, 3),
                fidelity("a+b+c", "all", 3, 4)));
    new ObjectMapper()
        .writeValue(
            directory.record().path().toFile(),
            Map.of(
                "run", Map.of("id", "1234", "datasets", List.of("a", "b", "c")),
                "state", "CONFIRMED",
                "search",
                    Map.of(
                        "objective",
                        Map.of(
                            "description",
                            "weighted mean of bits per byte, lower is better: names 1")),
                "surface",
                    Map.of(
                        "basis",
                        "exact",
                        "gains",
                        Map.of("a", gain(0.25), "b", gain(-0.25), "c", gain(0.5))),
                "counts", Map.of("evaluated", MIXTURES.size(), "failed", 1),
                "times",
                    Map.of("started", "2026-01-01T00:00:00Z", "updated", "2026-01-01T00:00:01Z")));
  }

  private void writeRanked(SparkSession spark, JavaRDD<RankedRow> rows) {
    new RunDirectory(Location.of(run), new Configuration())
        .ranked(spark)
        .write(rows, new ScoreUnit("bits per byte", Direction.LOWER_IS_BETTER));
  }

  private static Map<String, Object> gain(double value) {
    return Map.of("shapley", Map.of("value", value, "standard_error", Double.NaN));
  }

  /** A mixture with scores of two tasks, and where it stands. */
  private static RankedRow placed(String mixtureAndPlace) {
    String[] words = mixtureAndPlace.split(" ", -1);
    Mixture mixture = Mixture.parse(words[0]);
    return ranked(
        EvaluationRows.scored(mixture, 1, 1 + mixture.size()),
        FrontPlace.valueOf(words[1]),
        Map.of("quiz", new Estimate(mixture.size(), .5)));
  }

  private static RankedRow ranked(EvaluationRow row) {
    return ranked(row, FrontPlace.UNTOLD, Map.of());
  }

  private static RankedRow ranked(
      EvaluationRow row, FrontPlace place, Map<String, Estimate> others) {
    boolean scored = row.status() == RowStatus.OK;
    double score =
        scored ? DoubleStream.of(row.scores().toArray()).average().orElseThrow() : Double.NaN;
    TreeMap<String, Estimate> tasks = new TreeMap<>(others);
    tasks.put(row.task(), new Estimate(score, 0.5));
    return new RankedRow(
        OptionalLong.empty(),
        row.mixture().id(),
        row.mixture().datasets(),
        row.mixture().weights(),
        new Estimate(score, 0.5),
        new Estimate(score - 1, 0.6),
        Optional.of(new RankInterval(1, 3, 0.25)),
        place,
        tasks,
        row.range().size(),
        false,
        row.status(),
        row.error(),
        row.mergeSeconds(),
        row.evaluateSeconds());
  }

  private static FidelityRow fidelity(String mixture, String role, double surrogate, double real) {
    return new FidelityRow(
        mixture,
        role,
        new Estimate(surrogate, 0.1),
        new Estimate(real, 0.1),
        1,
        Double.NaN,
        Double.NaN,
        new Estimate(real, 0.1),
        10,
        "models/" + mixture);
  }

  /** The one answer that has this column. */
  private static Dataset<Row> only(List<Dataset<Row>> answers, String column) {
    List<Dataset<Row>> found =
        answers.stream()
            .filter(answer -> Arrays.asList(answer.columns()).contains(column))
            .toList();
    assertThat(found).as(column).hasSize(1);
    return found.get(0);
  }

  private static List<String> statements() throws IOException {
    return cells(Files.readAllLines(SQL), "--").stream()
        .map(
            cell ->
                cell.stream()
                    .filter(line -> !line.startsWith("--"))
                    .collect(Collectors.joining("\n"))
                    .strip())
        .filter(statement -> !statement.isEmpty())
        .map(statement -> statement.replaceFirst(";$", ""))
        .toList();
  }

  private static List<List<String>> cells(List<String> lines, String comment) {
    List<Integer> bounds =
        Stream.of(
                Stream.of(-1),
                IntStream.range(0, lines.size())
                    .filter(i -> lines.get(i).equals(comment + " COMMAND ----------"))
                    .boxed(),
                Stream.of(lines.size()))
            .flatMap(bound -> bound)
            .toList();
    return IntStream.range(1, bounds.size())
        .mapToObj(i -> lines.subList(bounds.get(i - 1) + 1, bounds.get(i)))
        .toList();
  }
}
