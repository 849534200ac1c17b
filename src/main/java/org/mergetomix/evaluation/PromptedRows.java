package org.mergetomix.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.mergetomix.data.DataCheck;
import org.mergetomix.data.DataFile;
import org.mergetomix.data.DataRows.Placed;
import org.mergetomix.data.RowCounts;
import org.mergetomix.evaluation.prompt.Prompt;
import org.mergetomix.evaluation.prompt.Prompting;
import org.mergetomix.evaluation.prompt.Turn;

/**
 * Rows that are questions, and what stands before a model for each.
 *
 * @param rows in the order of the data
 * @param turn a row's question and answer
 * @param shots rows of other data that worked examples are taken from; empty where they are taken
 *     from these
 */
record PromptedRows<T>(List<Placed<T>> rows, Function<T, Turn> turn, List<Placed<T>> shots) {

  /** Rows whose worked examples are taken from themselves. */
  PromptedRows(List<Placed<T>> rows, Function<T, Turn> turn) {
    this(rows, turn, List.of());
  }

  /**
   * A row.
   *
   * @param row the question
   * @param prompt what stands before the model
   */
  record Row<T>(Placed<T> row, Prompt prompt) {}

  /** In the task's order. */
  List<Row<T>> inOrder(TaskData data, Prompting prompting) {
    return ExampleOrder.of(prompted(prompting, data.text().files()), data.digest());
  }

  /** That they can be prompted so; with a conversation, where the template has to take some. */
  DataCheck check(RowCounts counts, List<DataFile> files, Prompting prompting) {
    Prompt first = prompted(prompting, files).get(0).prompt();
    return new DataCheck(
        counts,
        prompting.layout() == Prompting.Layout.CONVERSATION
            ? Optional.of(new Prompt(List.of(), first.asked()).conversation())
            : Optional.empty());
  }

  private List<Row<T>> prompted(Prompting prompting, List<DataFile> files) {
    List<Prompt> prompts =
        shots.isEmpty()
            ? prompting.prompts(turns(rows), files.get(0).name())
            : prompting.prompts(turns(rows), turns(shots), shots.get(0).place().file());
    List<Row<T>> prompted = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      prompted.add(new Row<>(rows.get(i), prompts.get(i)));
    }
    return prompted;
  }

  private List<Turn> turns(List<Placed<T>> some) {
    return some.stream().map(row -> turn.apply(row.meaning())).toList();
  }
}
