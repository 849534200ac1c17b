package org.mergetomix.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.score.Direction;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.score.Measure;

class LanguageModellingTest {

  private static final String MEASURE = "bits_per_byte";

  private static final String DIGEST = "0f".repeat(32);

  @TempDir private Path directory;

  @Test
  void measuresBitsPerByte() {
    assertThat(LanguageModelling.KIND.measures())
        .containsExactly(
            new Measure(
                MEASURE, "bits per byte", Direction.LOWER_IS_BETTER, Measure.Aggregate.MEAN));
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
      assertThat(example.weights())
          .isEqualTo(Map.of(MEASURE, (double) text.getBytes(StandardCharsets.UTF_8).length));
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

    assertThat(scores).containsOnlyKeys(MEASURE);
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
