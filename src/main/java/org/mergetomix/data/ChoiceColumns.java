package org.mergetomix.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * Where questions with choices are in rows.
 *
 * @param context what a model reads before a choice
 * @param choices what the answer is chosen from
 * @param answer the column with the right one: its number from 0, or its text
 * @param delimiter what stands between context and choice
 */
public record ChoiceColumns(TextTemplate context, Choices choices, String answer, String delimiter)
    implements Serializable {

  /** Columns that are called by what they hold, and a space before a choice. */
  public static final ChoiceColumns UNSAID =
      new ChoiceColumns(
          new TextTemplate("{context}"), new Choices.OfColumn("choices"), "answer", " ");

  /**
   * The questions of some files, in their order; at least one.
   *
   * @throws org.mergetomix.problem.UserException if a file cannot be read or rows do not fit, with
   *     file and line of each
   */
  public DataRows<Question> read(List<DataFile> files) {
    return DataRows.read(files, this::question);
  }

  /** A row without choices is no empty one: what it asks would be lost. */
  private Optional<Question> question(DataRow row) {
    List<String> texts = choices.of(row);
    if (texts.size() < 2) {
      throw row.refused(
          "There must be two choices or more, not " + texts.size(), "Leave the row out");
    }
    if (texts.contains("")) {
      throw row.refused("A choice is empty", "Leave it out, and count the answer anew");
    }
    return Optional.of(new Question(context.of(row), texts, right(row, texts)));
  }

  private int right(DataRow row, List<String> texts) {
    JsonNode value = row.value(answer);
    if (value.isIntegralNumber()) {
      if (!value.canConvertToInt() || value.intValue() < 0 || value.intValue() >= texts.size()) {
        throw row.refused(
            "The answer %s is outside the choices, which are 0 to %s"
                .formatted(value.asText(), texts.size() - 1),
            "Count from 0");
      }
      return value.intValue();
    }
    if (!value.isTextual()) {
      throw row.wrongType(answer, "the number of a choice or its text", value);
    }
    int place = texts.indexOf(value.textValue());
    if (place < 0) {
      throw row.refused(
          "The answer \"%s\" is none of the choices".formatted(value.textValue()),
          "Give its text, or its number from 0 without quotes");
    }
    return place;
  }
}
