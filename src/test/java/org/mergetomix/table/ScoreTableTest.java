package org.mergetomix.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class ScoreTableTest {

  @TempDir private Path folder;

  private SparkSession spark;

  @BeforeEach
  void prepare(SparkSession session) {
    spark = session;
  }

  @Test
  void readsCsv() throws IOException {
    Map<Mixture, SortedMap<String, ExampleScores>> scores =
        read(
            "s.csv",
            "task,mixture,score,note",
            "news,it+es,1.5,x",
            "news,es,2,",
            "wiki,es,3,",
            "wiki,es+it,4e-1,");

    assertThat(scores.keySet()).extracting(Mixture::id).containsExactly("es", "es+it");
    assertThat(scores.get(Mixture.parse("es+it")).keySet()).containsExactly("news", "wiki");
    assertThat(scores.get(Mixture.parse("es+it")).get("wiki").scores()).containsExactly(.4);
  }

  @Test
  void readsJsonLinesWithTheScoresOfExamples() throws IOException {
    Map<Mixture, SortedMap<String, ExampleScores>> scores =
        read(
            "s.jsonl",
            "{\"mixture\": \"a:0.3+b:0.7\", \"example_scores\": [1, 2.5]}",
            "{\"mixture\": \"b\", \"example_scores\": [0, 1], \"status\": \"ok\"}",
            "{\"mixture\": \"c\", \"example_scores\": null, \"status\": \"failed\"}");

    assertThat(scores.keySet()).extracting(Mixture::id).containsExactly("a:0.3+b:0.7", "b");
    assertThat(scores.get(Mixture.parse("b")).get("score").scores()).containsExactly(0, 1);
  }

  @Test
  void readsWhatARunRanked() {
    Path file = folder.resolve("ranked");
    spark
        .sql("select 1L rank, 'es' mixture, 3.5D score, 'ok' status")
        .write()
        .parquet(file.toString());

    assertThat(ScoreTable.read(spark, Location.of(file)).get(Mixture.parse("es")).get("score"))
        .isEqualTo(new ExampleScores(new double[] {3.5}, new double[] {1}));
  }

  @Test
  void saysAllThatIsWrong() {
    assertThat(
            problems(
                "s.csv",
                "mixture,task,score",
                "es,news,1",
                "es,news,2",
                "fr,news,nan",
                "it,news,",
                "a+a,news,3",
                ",news,3",
                "es,wiki,1",
                "pl,news,x",
                "de,news,4"))
        .containsExactly(
            "Mixture es on task news is there twice",
            "The score of mixture fr on task news is not a finite number",
            "The score of mixture it on task news is not a finite number",
            "Dataset 'a' is named 2 times in mixture 'a+a'",
            "'' is not a dataset id in mixture ''",
            "The score of mixture pl on task news is not a finite number",
            "Mixture de has no score on task wiki");
    assertThat(
            problems(
                "t.jsonl",
                "{\"mixture\": \"a\", \"example_scores\": [1, 2]}",
                "{\"mixture\": \"b\", \"example_scores\": [1]}",
                "{\"mixture\": \"c\", \"example_scores\": [1, null]}"))
        .containsExactly(
            "The score of mixture c is not a finite number",
            "Mixture b has 1 example scores, and others have 2");
  }

  @Test
  void refusesMoreScoresThanTheDriverWouldHold() throws IOException {
    Path file =
        Files.write(
            folder.resolve("s.jsonl"),
            List.of(
                "{\"mixture\": \"a\", \"example_scores\": [1, 2, 3]}",
                "{\"mixture\": \"b\", \"example_scores\": [1, 2, 4]}"));

    assertThat(ScoreTable.read(spark, Location.of(file), 6)).hasSize(2);
    assertThatThrownBy(() -> ScoreTable.read(spark, Location.of(file), 5))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("The table of scores has more than 5 scores of examples");
  }

  @Test
  void refusesWhatIsNoSuchTable() {
    assertThat(problems("s.csv", "name,value", "a,1"))
        .containsExactly("The table of scores has no columns mixture and score, but name, value");
    assertThat(problems("s.jsonl", "{\"mixture\": \"a\", \"score\": 1}", "{\"mixture\""))
        .singleElement()
        .asString()
        .startsWith("The table of scores cannot be read: ");
    assertThat(problems("s.parquet", "no Parquet"))
        .singleElement()
        .asString()
        .startsWith("The table of scores cannot be read: ");
    assertThatThrownBy(() -> ScoreTable.read(spark, Location.of(folder.resolve("none.csv"))))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("The table of scores cannot be read: ");
  }

  private List<String> problems(String name, String... lines) {
    try {
      read(name, lines);
      return List.of();
    } catch (UserException refused) {
      return refused.problems().stream().map(Problem::what).toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private Map<Mixture, SortedMap<String, ExampleScores>> read(String name, String... lines)
      throws IOException {
    Path file = Files.write(folder.resolve(name), List.of(lines));
    return ScoreTable.read(spark, Location.of(file));
  }
}
