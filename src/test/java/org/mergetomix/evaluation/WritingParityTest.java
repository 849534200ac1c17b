package org.mergetomix.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mergetomix.data.AnswerColumns;
import org.mergetomix.evaluation.answer.AnswerFilter;
import org.mergetomix.evaluation.answer.Normalisation;
import org.mergetomix.evaluation.answer.TextEnding;
import org.mergetomix.evaluation.prompt.Prompting;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.model.FamilyModel;
import org.mergetomix.pattern.PythonPattern;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.tensor.Checkpoint;

/** Answers in writing beside lm-eval's, as {@code src/test/python/lm_eval_reference.py} ran it. */
class WritingParityTest {

  private static final TextEnding ENDING = new TextEnding(List.of("og", "\n\n"), 24);

  private static final ExactMatch PLAIN =
      new ExactMatch(AnswerColumns.UNSAID, Prompting.UNSAID, ENDING, List.of(), Normalisation.NONE);

  private static final ExactMatch FILTERED =
      new ExactMatch(
          AnswerColumns.UNSAID,
          Prompting.UNSAID,
          ENDING,
          List.of(
              new AnswerFilter(
                  new PythonPattern("[aeiou]\\W*([b-z]\\w+)"), AnswerFilter.Take.LAST)),
          new Normalisation(
              List.of(Normalisation.Ignored.CASE, Normalisation.Ignored.PUNCTUATION),
              List.of(new PythonPattern("r"), new PythonPattern("^d"))));

  @ParameterizedTest
  @CsvSource({"llama, front", "gpt2, bare", "gpt_neox, bare"})
  void writesAndJudgesAsLmEvalDoes(String name, String tokenizer) throws IOException {
    JsonNode golden =
        new ObjectMapper().readTree(LmEval.GOLDEN.resolve("writing.json").toFile()).get(name);
    Path folder = LmEval.folder(name);
    try (Checkpoint weights = Checkpoints.open(folder);
        FamilyModel model = LmEval.model(folder, weights)) {
      TaskData data =
          LmEval.data(
              "riddles.jsonl", LmEval.GOLDEN.resolve(tokenizer), (int) model.family().positions());
      compare(PLAIN.questions(data), golden.get("plain"), model);
      compare(FILTERED.questions(data), golden.get("filtered"), model);
    }
  }

  private static void compare(WritingQuestions asked, JsonNode golden, FamilyModel model) {
    String[] written = new String[asked.size()];
    WritingScoring watched =
        (examples, texts) -> {
          for (int i = 0; i < texts.size(); i++) {
            written[examples.get(i).place()] = texts.get(i);
          }
          return asked.scoring().scores(examples, texts);
        };
    WritingQuestions questions =
        new WritingQuestions(
            watched, asked.examples(), asked.prompts(), asked.ending(), asked.tokenizer());
    try (LiveModelEvaluator evaluator =
        LiveModelEvaluator.of(
            Map.of(TaskSplit.SEARCH, new TreeMap<>(Map.of("task", questions))), 5, model)) {
      ExampleRange all = ExampleRange.all(asked.size());
      SortedMap<String, double[]> scores = evaluator.evaluate("task", TaskSplit.SEARCH, all);
      double[] exact = scores.get("exact_match");
      for (TaskExample example : asked.examples()) {
        int row = Integer.parseInt(example.columns().get("line")) - 1;
        assertThat(written[example.place()])
            .as("row %s", row)
            .isEqualTo(golden.get("written").get(row).textValue());
        assertThat(exact[example.place()])
            .as("row %s", row)
            .isEqualTo(golden.get("exact_match").get(row).doubleValue());
      }
      assertThat(exact).contains(0, 1);
      Estimate score = new ExampleScores(exact, asked.weights("exact_match")).mean();
      assertThat(score.value()).isCloseTo(golden.get("mean").doubleValue(), within(1e-12));
      assertThat(score.standardError())
          .isCloseTo(golden.get("standard_error").doubleValue(), within(1e-9));
      assertThat(evaluator.evaluate("task", TaskSplit.SEARCH, all).get("exact_match"))
          .isEqualTo(exact);
    }
  }
}
