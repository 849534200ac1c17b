package org.mergetomix.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mergetomix.data.ChoiceColumns;
import org.mergetomix.evaluation.prompt.Prompting;
import org.mergetomix.family.Family;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.model.FamilyModel;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.tensor.Checkpoint;

/** Multiple choice beside lm-eval, as {@code src/test/python/lm_eval_reference.py} ran it. */
class LmEvalParityTest {

  private static final Path GOLDEN = LmEval.GOLDEN;
  private static final List<String> MEASURES = List.of("acc", "acc_norm", "acc_bytes");

  @ParameterizedTest
  @CsvSource({"llama, front", "gpt2, bare", "gpt_neox, bare"})
  void scoresChoicesAsLmEvalDoes(String name, String tokenizer) throws IOException {
    JsonNode golden = new ObjectMapper().readTree(GOLDEN.resolve("golden.json").toFile()).get(name);
    Path folder = LmEval.folder(name);
    try (Checkpoint weights = Checkpoints.open(folder);
        FamilyModel model = LmEval.model(folder, weights)) {
      LikelihoodQuestions asked = questions(GOLDEN.resolve(tokenizer), model.family());
      List<double[]> likelihoods = new ArrayList<>();
      Scoring watched =
          (examples, windows, nats) -> {
            watch(examples, windows, nats, likelihoods);
            return asked.scoring().scores(examples, windows, nats);
          };
      LikelihoodQuestions questions =
          new LikelihoodQuestions(watched, asked.examples(), asked.windows(), asked.padding());
      try (LiveModelEvaluator evaluator =
          LiveModelEvaluator.of(
              Map.of(TaskSplit.SEARCH, new TreeMap<>(Map.of("task", questions))), 8, model)) {
        SortedMap<String, double[]> scores =
            evaluator.evaluate("task", TaskSplit.SEARCH, ExampleRange.all(asked.size()));
        for (TaskExample example : asked.examples()) {
          int row = Integer.parseInt(example.columns().get("line")) - 1;
          double[] expected = numbers(golden.get("likelihoods").get(row));
          assertThat(likelihoods.get(example.place()))
              .as("row %s", row)
              .containsExactly(expected, within(1e-4));
          for (String measure : MEASURES) {
            assertThat(scores.get(measure)[example.place()])
                .as("%s of row %s", measure, row)
                .isEqualTo(golden.get(measure).get(row).doubleValue());
          }
          assertThat(scores.get("margin")[example.place()])
              .isCloseTo(margin(answer(row), expected), within(1e-3));
        }
        for (String measure : MEASURES) {
          Estimate score = new ExampleScores(scores.get(measure), asked.weights(measure)).mean();
          assertThat(score.value())
              .isCloseTo(golden.get("mean").get(measure).doubleValue(), within(1e-12));
          assertThat(score.standardError())
              .isCloseTo(golden.get("standard_error").get(measure).doubleValue(), within(1e-9));
        }
      }
      assertThat(SharedContext.of(asked.windows())).as("contexts read once").isNotEmpty();
    }
  }

  private static void watch(
      List<TaskExample> examples,
      List<TokenWindow> windows,
      double[] nats,
      List<double[]> likelihoods) {
    for (TaskExample example : examples) {
      List<Double> ofExample = new ArrayList<>();
      for (int i = 0; i < nats.length; i++) {
        if (windows.get(i).example() == example.place()) {
          ofExample.add(-nats[i]);
        }
      }
      likelihoods.add(ofExample.stream().mapToDouble(Double::doubleValue).toArray());
    }
  }

  private static double margin(int answer, double[] likelihoods) {
    double others = 0;
    for (int choice = 0; choice < likelihoods.length; choice++) {
      others += choice == answer ? 0 : Math.exp(likelihoods[choice]);
    }
    return likelihoods[answer] - Math.log(others);
  }

  private static int answer(int row) throws IOException {
    String line = Files.readAllLines(GOLDEN.resolve("questions.jsonl")).get(row);
    return new ObjectMapper().readTree(line).get("answer").intValue();
  }

  private static double[] numbers(JsonNode list) {
    double[] numbers = new double[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = list.get(i).doubleValue();
    }
    return numbers;
  }

  private static LikelihoodQuestions questions(Path tokenizer, Family family) {
    return new MultipleChoice(ChoiceColumns.UNSAID, Prompting.UNSAID)
        .questions(LmEval.data("questions.jsonl", tokenizer, (int) family.positions()));
  }
}
