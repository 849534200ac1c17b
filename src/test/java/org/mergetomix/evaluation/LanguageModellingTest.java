package org.mergetomix.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.score.Direction;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.Measure;

class LanguageModellingTest {

  private static final String MEASURE = "bits_per_byte";
  private static final String BYTES = "byte_perplexity";
  private static final String WORDS = "word_perplexity";

  private static final String DIGEST = "0f".repeat(32);

  @TempDir private Path directory;

  @Test
  void measuresBitsPerByteAndPerplexities() {
    assertThat(LanguageModelling.KIND.measures())
        .containsExactly(
            new Measure(
                MEASURE, "bits per byte", Direction.LOWER_IS_BETTER, Measure.Aggregate.MEAN),
            new Measure(
                BYTES, "byte perplexity", Direction.LOWER_IS_BETTER, Measure.Aggregate.EXP_OF_MEAN),
            new Measure(
                WORDS,
                "word perplexity",
                Direction.LOWER_IS_BETTER,
                Measure.Aggregate.EXP_OF_MEAN));
  }

  @Test
  void countsWordsAsPythonSplitsAtWhiteSpace() throws IOException {
    List<String> lines =
        List.of(
            "one", "two  words", " one in front", "behind ", "a\u00a0b\u2003c\u001cd", "a\u200bb");

    List<TaskExample> examples = LanguageModelling.KIND.examples(data(lines, DIGEST));

    assertThat(examples)
        .extracting(example -> example.columns().get("line"), example -> example.weight(WORDS))
        .containsExactlyInAnyOrder(
            tuple("1", 1.0),
            tuple("2", 2.0),
            tuple("3", 4.0),
            tuple("4", 2.0),
            tuple("5", 4.0),
            tuple("6", 1.0));
  }

  @Test
  void perplexitiesAreTheExponentialOfNatsPerByteAndPerWord() throws IOException {
    TaskData data = data(List.of("two words", "one"), DIGEST);
    LikelihoodQuestions questions = LanguageModelling.KIND.questions(data);
    double[] nats = questions.windows().stream().mapToDouble(TokenWindow::length).toArray();

    SortedMap<String, double[]> scores =
        LanguageModelling.KIND.scores(questions.examples(), questions.windows(), nats);

    double sum = DoubleStream.of(nats).sum();
    assertThat(perplexity(questions, scores, BYTES)).isCloseTo(Math.exp(sum / 12), within(1e-12));
    assertThat(perplexity(questions, scores, WORDS)).isCloseTo(Math.exp(sum / 3), within(1e-9));
  }

  private static double perplexity(
      LikelihoodQuestions questions, SortedMap<String, double[]> scores, String measure) {
    double[] weights =
        questions.examples().stream().mapToDouble(example -> example.weight(measure)).toArray();
    return new ExampleScores(scores.get(measure), weights)
        .aggregate(Measure.Aggregate.EXP_OF_MEAN)
        .value();
  }

  @Test
  void weighsExamplesByTheirBytesAndSaysWhereTheyStand() throws IOException {
    List<String> lines = List.of("one", "", "dièresi", "   ", "ñàé", "x");

    List<TaskExample> examples = LanguageModelling.KIND.examples(data(lines, DIGEST));

    assertThat(examples).extracting(TaskExample::place).containsExactly(0, 1, 2, 3);
    assertThat(examples)
        .extracting(example -> example.columns().get("line"))
        .containsExactlyInAnyOrder("1", "3", "5", "6");
    for (TaskExample example : examples) {
      String text = lines.get(Integer.parseInt(example.columns().get("line")) - 1);
      double bytes = text.getBytes(StandardCharsets.UTF_8).length;
      assertThat(example.weights()).isEqualTo(Map.of(MEASURE, bytes, BYTES, bytes, WORDS, 1.0));
    }
  }

  @Test
  void asksForTheExamplesInTheirOrder() throws IOException {
    TaskData data = data(List.of("short", "a".repeat(40), "mean", "b".repeat(20)), DIGEST);

    LikelihoodQuestions questions = LanguageModelling.KIND.questions(data);

    assertThat(questions.examples()).isEqualTo(LanguageModelling.KIND.examples(data));
    assertThat(questions.windows()).extracting(TokenWindow::example).isSorted();
    for (TaskExample example : questions.examples()) {
      List<TokenWindow> windows =
          questions.windows(new ExampleRange(example.place(), example.place() + 1));
      int targets = windows.stream().mapToInt(TokenWindow::length).sum();
      assertThat(targets).as("the end is a target too").isEqualTo(weight(example) + 1);
    }
  }

  @Test
  void scoresExamplesByAllOfTheirWindows() throws IOException {
    TaskData data = data(List.of("short", "a".repeat(40), "mean", "b".repeat(20)), DIGEST);
    LikelihoodQuestions questions = LanguageModelling.KIND.questions(data);
    ExampleRange some = new ExampleRange(1, 4);
    List<TokenWindow> windows = questions.windows(some);
    double[] nats = windows.stream().mapToDouble(TokenWindow::length).toArray();

    SortedMap<String, double[]> scores =
        LanguageModelling.KIND.scores(questions.examples().subList(1, 4), windows, nats);

    assertThat(scores).containsOnlyKeys(MEASURE, BYTES, WORDS);
    assertThat(scores.get(MEASURE))
        .isEqualTo(
            questions.examples().subList(1, 4).stream()
                .mapToDouble(example -> (weight(example) + 1) / Math.log(2) / weight(example))
                .toArray());
  }

  private static int weight(TaskExample example) {
    return (int) example.weight(MEASURE);
  }

  private TaskData data(List<String> lines, String digest) throws IOException {
    Path file = Files.write(directory.resolve("text.txt"), lines);
    return new TaskData(new TextData(file.toString(), TokenizerSource.BYTES, 16), digest);
  }
}
