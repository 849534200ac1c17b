package org.mergetomix.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.mixture.SubsetSpace;
import org.mergetomix.surface.Axes;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;
import org.mergetomix.testing.SyntheticScores;
import org.xml.sax.InputSource;

/** Commands that read what a search left, and evaluate nothing. */
@ExtendWith(SparkSessionExtension.class)
class ReadingCommandsTest {

  @TempDir private static Path shared;

  private static SmallRun run;

  @TempDir private Path folder;

  private Path table;

  @BeforeAll
  static void search(SparkSession session) {
    assertThat(session).isNotNull();
    run = SmallRun.of(shared.resolve("inputs"));
    assertThat(Ran.of(run.arguments("search")).exitCode()).isZero();
  }

  @BeforeEach
  void prepare() throws IOException {
    SyntheticScores scores = new SyntheticScores(4, SyntheticScores.Kind.QUADRATIC, 0, 1);
    Axes axes = scores.axes();
    SubsetSpace space = SubsetSpace.of(axes.datasets(), 1, 4);
    List<String> lines = new ArrayList<>(List.of("mixture,score"));
    for (long index = 0; index < space.size(); index++) {
      lines.add(space.at(index) + "," + scores.truth(axes.weights(space.at(index))));
    }
    table = Files.write(folder.resolve("scores.csv"), lines);
  }

  @Test
  void comparesStrategiesAndDrawsThem() throws Exception {
    Path page = folder.resolve("regret.html");
    Ran ran =
        Ran.of(
            "replay",
            "--table",
            table.toString(),
            "--strategies",
            "surface,random",
            "--repeats",
            "3",
            "--to",
            page.toString());

    assertThat(ran.errors()).isEmpty();
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.results().lines().toList())
        .contains(
            "15 recorded mixtures of 4 datasets, weighted mean of score, lower is better:"
                + " score 1.000",
            "                           surface            random",
            "in the end           0.000 (0.000)     0.000 (0.000)",
            "evaluations            15.0 (15.0)       15.0 (15.0)",
            "best or tied                3 of 3            3 of 3")
        .anyMatch(line -> line.startsWith("7 "))
        .last()
        .isEqualTo("Drawn: " + page);
    String html = Files.readString(page);
    assertThat(html).contains("<h2>Regret against budget</h2>", ">surface<", ">random<");
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(html.replaceFirst("<!DOCTYPE html>", ""))));
  }

  @Test
  void replaysARun() {
    Ran ran = Ran.of("replay", "--table", run.output().toString());

    assertThat(ran.errors()).isEmpty();
    assertThat(ran.results())
        .startsWith("15 recorded mixtures of 4 datasets, weighted mean of bits per byte, lower")
        .contains("auto: ", "it ended because every mixture was asked for.");
  }

  @Test
  void refusesToReplayWeightsThatARecordingDoesNotTell() {
    assertThat(
            Ran.of("replay", "--table", run.output().toString(), "--set", "search.weights=example")
                .messages())
        .containsExactly(
            "Error: The recording does not say how many examples each dataset has (search.weights)."
                + " Replay the output of a search that had the same key, or set it to dataset.");
  }

  @Test
  void replaysByAnotherObjective() throws IOException {
    Path two = folder.resolve("two.csv");
    Files.write(
        two,
        List.of("mixture,task,score", "a,x,1", "a,y,9", "b,x,2", "b,y,1", "a+b,x,3", "a+b,y,3"));
    String[] replay = {"replay", "--table", two.toString(), "--set"};

    assertThat(Ran.of(with(replay, "objective.tasks=x")).results())
        .startsWith("3 recorded mixtures of 2 datasets, weighted mean of score, lower is better: x")
        .contains("1.000");
    assertThat(Ran.of(with(replay, "objective.tasks=z")).messages())
        .containsExactly("Error: The run has no task z (objective.tasks). It has x, y.");
    assertThat(Ran.of(with(replay, "objective.examples=line=1")).messages())
        .containsExactly(
            "Error: The examples of a table have no columns (objective.examples). Leave it out, or"
                + " give the output of a run.");
    assertThat(
            Ran.of(
                    "replay",
                    "--table",
                    run.output().toString(),
                    "--set",
                    "objective.examples=line=1,line=2")
                .exitCode())
        .isZero();
  }

  private static String[] with(String[] arguments, String last) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = last;
    return all;
  }

  @Test
  void ranksARunByAnotherObjective() {
    Ran ran = Ran.of(run.arguments("rank", "--set", "objective.examples=line=1,line=2,line=3"));

    assertThat(ran.errors()).isEmpty();
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.results())
        .startsWith(
            "15 mixtures by weighted mean of bits per byte, lower is better: task 1.000; examples"
                + " with line 1 or 2 or 3.\n\nrank  mixture")
        .contains("\nAnswer:    ", "\nHow sure:  ", "\nTable: " + run.output() + "/rankings/")
        .doesNotContain("Predicted");

    Ran wrong = Ran.of(run.arguments("rank", "--set", "objective.tasks=news"));
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.messages())
        .containsExactly("Error: The run has no task news (objective.tasks). It has task.");
  }

  @Test
  void saysWhatIsWrong() {
    assertThat(Ran.of("replay", "--table", table.toString(), "--repeats", "0").messages())
        .containsExactly("Error: --repeats must be at least 1, not 0.");
    assertThat(Ran.of("replay", "--table", "s3a:x").messages())
        .singleElement()
        .asString()
        .startsWith("Error: Option --table names no bucket");
    Ran twice = Ran.of("replay", "--table", table.toString(), "--strategies", "surface,surface");
    assertThat(twice.exitCode()).isEqualTo(2);
    assertThat(twice.messages())
        .containsExactly(
            "Error: The strategy surface is named twice (--strategies). Name it once.");
    assertThat(Ran.of("replay", "--table", table.toString(), "--strategies", "best").messages())
        .singleElement()
        .asString()
        .startsWith("Error: Unknown search.strategy \"best\"");
    assertThat(
            Ran.of("replay", "--table", table.toString(), "--set", "search.required=x").messages())
        .containsExactly("Error: There is no dataset x (search.required). Take it out.");
    Ran nowhere =
        Ran.of(
            "replay", "--table", table.toString(), "--to", folder.resolve("no/x.html").toString());
    assertThat(nowhere.exitCode()).isEqualTo(3);
  }
}
