package org.mergetomix.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mergetomix.data.AnswerColumns;
import org.mergetomix.data.ChoiceColumns;
import org.mergetomix.data.DataFile;
import org.mergetomix.data.DataRows.Placed;
import org.mergetomix.evaluation.prompt.Prompting;
import org.mergetomix.evaluation.prompt.Shots;
import org.mergetomix.evaluation.prompt.Turn;
import org.mergetomix.problem.UserException;

/** What stands before a model, beside what lm-eval puts there. */
class PromptParityTest {

  @TempDir private Path folder;

  private JsonNode golden;

  @BeforeEach
  void prepare() throws IOException {
    golden = new ObjectMapper().readTree(LmEval.GOLDEN.resolve("prompts.json").toFile());
    for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
      Files.copy(LmEval.GOLDEN.resolve("bare").resolve(file), folder.resolve(file));
    }
    Files.copy(LmEval.GOLDEN.resolve("chat_template.jinja"), folder.resolve("chat_template.jinja"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "choices, 2 at random|TEXT|2|RANDOM|1234",
        "choices, 7 at random|TEXT|7|RANDOM|1234",
        "choices, 2 at random, seed 5|TEXT|2|RANDOM|5",
        "choices, 2 at random, conversation|CONVERSATION|2|RANDOM|1234",
        "choices, 2 of others at random|TEXT|2|RANDOM|1234",
        "choices, the first 2 of others|TEXT|2|FIRST|1234",
        "writing, the first 3|TEXT|3|FIRST|1234",
        "writing, conversation|CONVERSATION|0|RANDOM|1234"
      })
  void putsTheSameBeforeAModel(
      String name, Prompting.Layout layout, int count, Shots.Taken taken, int seed)
      throws IOException {
    Prompting prompting = new Prompting(layout, new Shots(count, taken, seed));
    List<String> prompts =
        name.startsWith("choices")
            ? ofChoices(prompting, name.contains("others") ? "worked.jsonl" : "")
            : ofWriting(prompting);
    List<String> expected = new ArrayList<>();
    golden.get(name).forEach(sample -> expected.add(sample.get(0).textValue()));

    assertThat(expected).hasSize(12);
    assertThat(prompts).startsWith(expected.toArray(String[]::new));
  }

  /** White space at a prompt's end is scored with the choice. */
  @Test
  void putsNothingBetweenAnOpenedAnswerAndAChoice() {
    String[] first = {
      golden.get("choices, 2 at random").get(0).get(1).textValue(),
      golden.get("choices, 2 at random, conversation").get(0).get(1).textValue()
    };

    assertThat(first).containsExactly(" over naïve lazy and", "over naïve lazy and");
    assertThat(asked(Prompting.Layout.TEXT)).isEqualTo(first[0]);
    assertThat(asked(Prompting.Layout.CONVERSATION))
        .as("the tokenizer knows no line break")
        .isEqualTo("<unk>" + first[1]);
  }

  /** What is asked of the first row's first choice. */
  private String asked(Prompting.Layout layout) {
    LikelihoodQuestions questions =
        new MultipleChoice(ChoiceColumns.UNSAID, new Prompting(layout, Shots.NONE))
            .questions(LmEval.data("questions.jsonl", folder, 2000));
    int example =
        questions.examples().stream()
            .filter(each -> each.columns().get("line").equals("1"))
            .findFirst()
            .orElseThrow()
            .place();
    TokenWindow window =
        questions.windows().stream()
            .filter(each -> each.example() == example)
            .findFirst()
            .orElseThrow();
    try (Tokenizer tokenizer = ModelTokenizer.open(folder)) {
      return tokenizer.text(window.continuation());
    }
  }

  @Test
  void needsAsManyOthersAsItShows() {
    for (Shots.Taken taken : Shots.Taken.values()) {
      Prompting all = new Prompting(Prompting.Layout.TEXT, new Shots(9, taken, 1));
      Prompting more = new Prompting(Prompting.Layout.TEXT, new Shots(10, taken, 1));

      assertThat(ofChoices(all, "worked.jsonl")).hasSize(35);
      assertThatThrownBy(() -> ofChoices(more, "worked.jsonl"))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("too few for 10 worked examples")
          .hasMessageContaining("worked.jsonl");
    }
  }

  private List<String> ofChoices(Prompting prompting, String others) {
    ChoiceColumns columns = ChoiceColumns.UNSAID;
    return texts(
        new PromptedRows<>(
            columns.read(rows("questions.jsonl")).rows(),
            question ->
                new Turn(question.context(), " ", question.choices().get(question.answer())),
            others.isEmpty() ? List.of() : columns.read(rows(others)).rows()),
        "questions.jsonl",
        prompting);
  }

  private List<String> ofWriting(Prompting prompting) {
    return texts(
        new PromptedRows<>(
            AnswerColumns.UNSAID.read(rows("riddles.jsonl")).rows(),
            riddle -> new Turn(riddle.prompt(), " ", riddle.answers().get(0))),
        "riddles.jsonl",
        prompting);
  }

  /** In the order of the data. */
  private <T> List<String> texts(PromptedRows<T> rows, String file, Prompting prompting) {
    try (Tokenizer tokenizer = ModelTokenizer.open(folder)) {
      return rows.inOrder(LmEval.data(file, folder, 64), prompting).stream()
          .sorted(Comparator.comparing(row -> place(row.row())))
          .map(row -> tokenizer.prompt(row.row(), row.prompt(), prompting.layout()))
          .toList();
    }
  }

  private static long place(Placed<?> row) {
    return row.place().number();
  }

  private static List<DataFile> rows(String file) {
    return List.of(DataFile.of(LmEval.GOLDEN.resolve(file)));
  }
}
