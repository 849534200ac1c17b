package org.mergetomix.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.mergetomix.data.conversation.Conversation;
import org.mergetomix.data.conversation.JsonValues;
import org.mergetomix.data.conversation.Message;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/** Makes examples of rows, all of one kind: the one that a manifest says, or that of the first. */
public final class ExampleRows {

  private final RowColumns columns;
  private Optional<RowColumns.Kind> kind;

  private ExampleRows(RowColumns columns) {
    this.columns = columns;
    this.kind = columns.kind();
  }

  /**
   * The examples of some files, in their order; at least one.
   *
   * @throws UserException if a file cannot be read or rows do not fit, with file and line of each
   */
  public static DataRows<Example> read(List<DataFile> files, RowColumns columns) {
    return DataRows.read(files, reader(columns));
  }

  /**
   * What rows mean, one after the other; the first one shows the kind of all where the columns do
   * not say it. Not thread-safe.
   */
  public static Function<DataRow, Optional<Example>> reader(RowColumns columns) {
    return new ExampleRows(columns)::example;
  }

  /** What reading the examples found. */
  public static DataCheck check(DataRows<Example> read) {
    Optional<Conversation> conversation =
        read.rows().get(0).meaning() instanceof Example.Dialogue dialogue
            ? Optional.of(dialogue.conversation())
            : Optional.empty();
    return new DataCheck(read.counts(), conversation);
  }

  private Optional<Example> example(DataRow row) {
    RowColumns.Kind known = kind.orElseGet(() -> shown(row));
    kind = Optional.of(known);
    requireKind(row, known);
    return switch (known) {
      case TEXT ->
          Optional.<Example>of(new Example.PlainText(row.text(columns.column("text"))))
              .filter(example -> !((Example.PlainText) example).text().isBlank());
      case COMPLETION -> completion(row);
      case CONVERSATION -> dialogue(row);
    };
  }

  private Optional<Example> completion(DataRow row) {
    String prompt = row.text(columns.column("prompt"));
    String completion = row.text(columns.column("completion"));
    return completion.isEmpty()
        ? Optional.empty()
        : Optional.of(new Example.Completion(prompt, completion));
  }

  private Optional<Example> dialogue(DataRow row) {
    String column = columns.column("messages");
    JsonNode turns = row.value(column);
    if (!turns.isArray()) {
      throw row.wrongType(column, "a list of messages", turns);
    }
    List<Message> messages = new ArrayList<>();
    for (JsonNode turn : turns) {
      if (!turn.isObject()) {
        throw row.wrongType(column, "a list of messages", turn);
      }
      messages.add(message(row, turn));
    }
    return messages.isEmpty()
        ? Optional.empty()
        : Optional.of(new Example.Dialogue(new Conversation(messages)));
  }

  private static Message message(DataRow row, JsonNode turn) {
    try {
      return new Message(JsonValues.fields(turn));
    } catch (UserException refused) {
      throw refused.with(
          problem -> new Problem(problem.what(), row.place().where(), problem.remedy()));
    }
  }

  /** The kind of the first row, by its columns. */
  private static RowColumns.Kind shown(DataRow row) {
    List<RowColumns.Kind> fitting =
        List.of(RowColumns.Kind.values()).stream().filter(kind -> fits(row, kind)).toList();
    if (fitting.size() == 1) {
      return fitting.get(0);
    }
    throw fitting.isEmpty()
        ? row.refused(
            "The row has neither text, nor prompt and completion, nor messages",
            "Name its columns in the manifest, as text = \"body\"")
        : row.refused(
            "The row has "
                + fitting.stream()
                    .map(kind -> String.join(" and ", kind.keys()))
                    .collect(Collectors.joining(", and also ")),
            "Say in the manifest which is meant, as text = \"text\"");
  }

  private static boolean fits(DataRow row, RowColumns.Kind kind) {
    return kind.keys().stream().allMatch(row::has);
  }

  /** A row of another kind than those before it is told as such. */
  private void requireKind(DataRow row, RowColumns.Kind known) {
    if (!columns.named().isEmpty() || known.keys().stream().anyMatch(row::has)) {
      return;
    }
    for (RowColumns.Kind other : RowColumns.Kind.values()) {
      if (fits(row, other)) {
        throw row.refused(
            "The row has %s, but those before it %s"
                .formatted(String.join(" and ", other.keys()), String.join(" and ", known.keys())),
            "Keep rows of one kind together");
      }
    }
  }
}
