package org.mergetomix.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.data.AnswerColumns;
import org.mergetomix.data.DataFile;
import org.mergetomix.data.OpenQuestion;
import org.mergetomix.data.RowColumns;
import org.mergetomix.evaluation.answer.AnswerFilter;
import org.mergetomix.evaluation.answer.Normalisation;
import org.mergetomix.evaluation.answer.TextEnding;
import org.mergetomix.evaluation.prompt.Prompting;
import org.mergetomix.evaluation.prompt.Shots;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.model.FamilyModel;
import org.mergetomix.model.LiveModel;
import org.mergetomix.pattern.PythonPattern;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.testing.ByteTransformer;

class ExactMatchTest {

  private static final Normalisation NUMBERS =
      new Normalisation(List.of(Normalisation.Ignored.NUMBERS), List.of());

  @TempDir private Path folder;

  private static ExactMatch kind(
      Prompting prompting, List<AnswerFilter> filter, Normalisation normalisation) {
    return new ExactMatch(
        AnswerColumns.UNSAID, prompting, TextEnding.UNSAID, filter, normalisation);
  }

  private static List<AnswerFilter> filter(String pattern) {
    return List.of(new AnswerFilter(new PythonPattern(pattern), AnswerFilter.Take.FIRST));
  }

  @Test
  void countsAnAnswerThatTheFilterNeverFindsAsWrongAndSaysSo() {
    SortedMap<String, double[]> scores =
        scores(filter("(\\d+)"), Normalisation.NONE, "4", "[invalid]", "x4", "four");

    assertThat(scores.get("exact_match")).containsExactly(1, 0, 1, 0);
    assertThat(scores.get("answered")).containsExactly(1, 0, 1, 0);
    assertThat(scores(List.of(), Normalisation.NONE, "4", " 4")).containsOnlyKeys("exact_match");
  }

  @Test
  void takesAnyOfSeveralAnswers() {
    AnswerScoring scoring =
        new AnswerScoring(
            List.of(new OpenQuestion("", List.of("IV", "4"))),
            Optional.empty(),
            new Normalisation(List.of(Normalisation.Ignored.CASE), List.of()).ready());

    for (String right : List.of("4", "iv", "IV")) {
      assertThat(scoring.scores(examples(1), List.of(right)).get("exact_match")).containsExactly(1);
    }
    assertThat(scoring.scores(examples(1), List.of("4 ")).get("exact_match")).containsExactly(0);
  }

  @Test
  void refusesAFilterThatDoesNotComeToAnEnd() {
    assertThatThrownBy(() -> scores(filter("(x+x+)+y"), Normalisation.NONE, "x".repeat(200)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("The filter does not come to an end on what the model wrote");
  }

  private static SortedMap<String, double[]> scores(
      List<AnswerFilter> filter, Normalisation normalisation, String... written) {
    OpenQuestion question = new OpenQuestion("2+2=", List.of("4"));
    List<OpenQuestion> questions = Arrays.stream(written).map(text -> question).toList();
    return new AnswerScoring(
            questions, filter.stream().map(AnswerFilter::ready).findFirst(), normalisation.ready())
        .scores(examples(written.length), List.of(written));
  }

  private static List<TaskExample> examples(int count) {
    return IntStream.range(0, count)
        .mapToObj(place -> new TaskExample(place, new TreeMap<>(), new TreeMap<>()))
        .toList();
  }

  @Test
  void refusesAnswersOfWhichNothingIsLeft() throws IOException {
    List<DataFile> file = rows("{\"prompt\": \"2+2=\", \"answer\": 4}");

    assertThatThrownBy(
            () -> kind(Prompting.UNSAID, List.of(), NUMBERS).check(file, RowColumns.UNSAID))
        .hasMessageContaining("Nothing is left of an answer without what the task ignores")
        .hasMessageContaining("rows.jsonl:1");
    Normalisation endless = new Normalisation(List.of(), List.of(new PythonPattern("(x+x+)+y")));
    List<DataFile> many = rows("{\"prompt\": \"p\", \"answer\": \"" + "x".repeat(200) + "\"}");
    assertThatThrownBy(
            () -> kind(Prompting.UNSAID, List.of(), endless).check(many, RowColumns.UNSAID))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("A pattern that is ignored does not come to an end on an answer");
  }

  @Test
  void refusesMoreWorkedExamplesThanThereAre() throws IOException {
    List<DataFile> file = rows("{\"prompt\": \"2+2=\", \"answer\": 4}");
    Prompting prompting = new Prompting(Prompting.Layout.TEXT, new Shots(1, Shots.Taken.RANDOM, 0));

    assertThatThrownBy(
            () -> kind(prompting, List.of(), Normalisation.NONE).check(file, RowColumns.UNSAID))
        .hasMessageContaining("too few for 1 worked examples");
  }

  @Test
  void asksForAConversationWhereATemplateHasToTakeIt() throws IOException {
    List<DataFile> file = rows("{\"prompt\": \"2+2=\", \"answer\": 4}");
    Prompting prompting = new Prompting(Prompting.Layout.CONVERSATION, Shots.NONE);

    assertThat(
            kind(prompting, List.of(), Normalisation.NONE)
                .check(file, RowColumns.UNSAID)
                .conversation())
        .isPresent();
    assertThatThrownBy(() -> kind(prompting, List.of(), Normalisation.NONE).questions(bytes(file)))
        .hasMessageContaining("the tokenizer of bytes has none")
        .hasMessageContaining("rows.jsonl:1");
  }

  private static TaskData bytes(List<DataFile> files) {
    return new TaskData(
        new TextData(files, RowColumns.UNSAID, TokenizerSource.BYTES, 300), "0f".repeat(32));
  }

  @Test
  void asksNoModelThatCannotWrite() throws IOException {
    WritingQuestions questions =
        kind(Prompting.UNSAID, List.of(), Normalisation.NONE)
            .questions(bytes(rows("{\"prompt\": \"2+2=\", \"answer\": 4}")));

    try (LiveModel model = ByteTransformer.load()) {
      assertThatThrownBy(
              () ->
                  LiveModelEvaluator.of(
                      Map.of(TaskSplit.SEARCH, new TreeMap<>(Map.of("sums", questions))), 1, model))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("Not for this model: WritingQuestions");
    }
  }

  @Test
  void keepsTheEndOfAPromptThatLeavesNoRoom() throws IOException {
    WritingQuestions questions =
        kind(Prompting.UNSAID, List.of(), Normalisation.NONE)
            .questions(bytes(rows("{\"prompt\": \"" + "x".repeat(60) + "2+2=\", \"answer\": 4}")));

    assertThat(questions.prompts().get(0)).hasSize(300 - 256).endsWith('2', '+', '2', '=');
  }

  @Test
  void answersWithWhatIsNotANumber() {
    Path llama = LmEval.folder("llama");
    try (Checkpoint weights = Checkpoints.open(llama);
        FamilyModel model = LmEval.model(llama, weights)) {
      model.write("model.norm.weight", 0, new float[] {Float.NaN}, 1);
      WritingQuestions questions =
          new ExactMatch(
                  AnswerColumns.UNSAID,
                  Prompting.UNSAID,
                  new TextEnding(List.of(), 3),
                  filter("."),
                  Normalisation.NONE)
              .questions(LmEval.data("riddles.jsonl", LmEval.GOLDEN.resolve("front"), 64));
      try (Evaluator evaluator =
          LiveModelEvaluator.of(
              Map.of(TaskSplit.SEARCH, new TreeMap<>(Map.of("task", questions))), 4, model)) {
        SortedMap<String, double[]> scores =
            evaluator.evaluate("task", TaskSplit.SEARCH, ExampleRange.all(questions.size()));

        assertThat(scores).containsOnlyKeys("exact_match", "answered");
        scores.values().forEach(values -> assertThat(values).containsOnly(Double.NaN));
      }
    }
  }

  private List<DataFile> rows(String... lines) throws IOException {
    Path file = folder.resolve("rows.jsonl");
    Files.writeString(file, String.join("\n", lines));
    return List.of(DataFile.of(file));
  }
}
