package org.mergetomix.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * Where questions are in rows whose answers are written.
 *
 * @param prompt what a model goes on with
 * @param answer the column with what is right: a text, a whole number, or a list of texts of which
 *     each is right
 */
public record AnswerColumns(TextTemplate prompt, String answer) implements Serializable {

  /** Columns that are called by what they hold. */
  public static final AnswerColumns UNSAID =
      new AnswerColumns(new TextTemplate("{prompt}"), "answer");

  /**
   * The questions of some files, in their order; at least one.
   *
   * @throws org.mergetomix.problem.UserException if a file cannot be read or rows do not fit, with
   *     file and line of each
   */
  public DataRows<OpenQuestion> read(List<DataFile> files) {
    return DataRows.read(files, this::question);
  }

  private Optional<OpenQuestion> question(DataRow row) {
    List<String> answers = answers(row);
    if (answers.isEmpty() || answers.contains("")) {
      throw row.refused(
          answers.isEmpty() ? "There is no answer" : "An answer is empty", "Leave the row out");
    }
    return Optional.of(new OpenQuestion(prompt.of(row), answers));
  }

  private List<String> answers(DataRow row) {
    JsonNode value = row.value(answer);
    if (value.isArray()) {
      return row.texts(answer);
    }
    if (value.isIntegralNumber()) {
      return List.of(value.asText());
    }
    if (!value.isTextual()) {
      throw row.wrongType(answer, "a text, a whole number or a list of texts", value);
    }
    return List.of(row.text(answer));
  }
}
