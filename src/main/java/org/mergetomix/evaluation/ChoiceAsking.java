package org.mergetomix.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.mergetomix.data.ChoiceColumns;
import org.mergetomix.data.DataCheck;
import org.mergetomix.data.DataFile;
import org.mergetomix.data.DataRows;
import org.mergetomix.data.DataRows.Placed;
import org.mergetomix.data.Question;
import org.mergetomix.evaluation.Tokenizer.TokenPair;
import org.mergetomix.evaluation.prompt.Prompting;
import org.mergetomix.evaluation.prompt.Turn;
import org.mergetomix.score.Measure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks how likely a model finds each of some choices.
 *
 * @param columns where the questions are in rows
 * @param prompting how they are put before the model
 * @param measures what is scored
 */
record ChoiceAsking(ChoiceColumns columns, Prompting prompting, List<Measure> measures) {

  private static final Logger LOGGER = LoggerFactory.getLogger(ChoiceAsking.class);

  DataCheck check(List<DataFile> files, List<DataFile> shots) {
    DataRows<Question> read = columns.read(files);
    return new PromptedRows<>(read.rows(), this::turn, shots(shots))
        .check(read.counts(), files, prompting);
  }

  private List<Placed<Question>> shots(List<DataFile> shots) {
    return shots.isEmpty() ? List.of() : columns.read(shots).rows();
  }

  List<TaskExample> examples(TaskData data) {
    return TaskExample.ofRows(ExampleOrder.of(rows(data), data.digest()), measures, data);
  }

  LikelihoodQuestions questions(TaskData data) {
    List<PromptedRows.Row<Question>> rows = prompted(data);
    List<TokenWindow> windows = new ArrayList<>();
    int context = data.text().context();
    int cut = 0;
    try (Tokenizer tokenizer = data.text().tokenizer().open()) {
      for (int example = 0; example < rows.size(); example++) {
        int longest = 0;
        for (TokenPair pair : pairs(tokenizer, rows.get(example), context)) {
          windows.addAll(
              TokenWindow.continuation(example, pair.given(), pair.continuation(), context));
          longest = Math.max(longest, pair.given().length + pair.continuation().length - 1);
        }
        cut += longest > context ? 1 : 0;
      }
      if (cut > 0) {
        LOGGER.warn(
            "{} of {} questions are longer than {} tokens: their contexts lost their beginning",
            cut,
            rows.size(),
            context);
      }
      List<Placed<Question>> placed = rows.stream().map(PromptedRows.Row::row).toList();
      return new LikelihoodQuestions(
          new ChoiceScoring(placed.stream().map(Placed::meaning).toList(), measures),
          TaskExample.ofRows(placed, measures, data),
          windows,
          tokenizer.padding());
    }
  }

  List<PromptedRows.Row<Question>> prompted(TaskData data) {
    return new PromptedRows<>(rows(data), this::turn, shots(data.shots())).inOrder(data, prompting);
  }

  private List<Placed<Question>> rows(TaskData data) {
    return data.rows(columns.read(data.text().files()).rows());
  }

  private Turn turn(Question question) {
    return new Turn(
        question.context(), columns.delimiter(), question.choices().get(question.answer()));
  }

  private List<TokenPair> pairs(
      Tokenizer tokenizer, PromptedRows.Row<Question> asked, int context) {
    Placed<Question> row = asked.row();
    String prompt = tokenizer.prompt(row, asked.prompt(), prompting.layout());
    // As in lm-eval, what a template opens the answer with is followed by the answer itself.
    String delimiter =
        prompting.layout() == Prompting.Layout.CONVERSATION ? "" : columns.delimiter();
    List<TokenPair> pairs = new ArrayList<>();
    for (String choice : row.meaning().choices()) {
      TokenPair pair = tokenizer.pair(prompt, delimiter + choice);
      int length = pair.continuation().length;
      if (length == 0 || length > context) {
        throw row.refused(
            length == 0
                ? "A choice adds no token to its context"
                : "A choice is longer than the model's context, " + context + " tokens",
            "Leave the row out");
      }
      pairs.add(pair);
    }
    return pairs;
  }
}
