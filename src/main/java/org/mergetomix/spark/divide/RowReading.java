package org.mergetomix.spark.divide;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.spark.sql.types.StructType;
import org.mergetomix.data.DataRow;
import org.mergetomix.data.Example;
import org.mergetomix.data.ExampleRows;
import org.mergetomix.data.RowColumns;
import org.mergetomix.data.RowPlace;
import org.mergetomix.problem.UserException;

/**
 * What rows mean, as executors are told it.
 *
 * @param meaning what of a row is its text
 * @param columns what its columns are called
 * @param by the column that decides its part; empty where its text does
 * @param first a row of the corpus that shows the kind of all, as JSON; empty while none is known
 * @param types of the columns in Parquet; none where the rows need not be the same there
 */
record RowReading(Meaning meaning, RowColumns columns, String by, String first, StructType types)
    implements Serializable {

  /** What of a row is its text. */
  enum Meaning {
    /** What a model is trained on, with what comes before. */
    EXAMPLE,
    /** Every text in it. */
    ALL_TEXTS
  }

  /** Nothing is known of the rows yet. */
  static RowReading of(Meaning meaning, RowColumns columns, String by) {
    return new RowReading(meaning, columns, by, "", new StructType());
  }

  RowReading shown(String row) {
    return new RowReading(meaning, columns, by, row, types);
  }

  RowReading typed(StructType known) {
    return new RowReading(meaning, columns, by, first, known);
  }

  /** Reads rows in their order; for one thread. */
  Reader reader() {
    Function<DataRow, Optional<Example>> examples = ExampleRows.reader(columns);
    if (meaning == Meaning.EXAMPLE && !first.isEmpty()) {
      // For the kind that it remembers.
      Optional<Example> unused =
          examples.apply(DataRow.ofJson(new RowPlace("", RowPlace.Unit.ROW, 1), first));
    }
    return new Reader(examples);
  }

  /** Remembers of which kind the rows are. */
  final class Reader {

    private final Function<DataRow, Optional<Example>> examples;

    private Reader(Function<DataRow, Optional<Example>> examples) {
      this.examples = examples;
    }

    /** What a row comes to, whatever reading it says. */
    CorpusRow read(long id, Supplier<CorpusRow> reading) {
      try {
        return reading.get();
      } catch (UserException refused) {
        return new CorpusRow.Refused(id, refused.problems());
      }
    }

    /** What a row means; it may be refused. */
    CorpusRow row(long id, DataRow row) {
      Optional<String> text = row.isBlank() ? Optional.empty() : text(row);
      if (text.isEmpty()) {
        return new CorpusRow.Empty(id);
      }
      JsonTypes.loss(row.fields(), types, columns.column("messages"))
          .ifPresent(
              loss -> {
                throw row.refused(loss, "Leave the row out, or write it as the others are");
              });
      return new CorpusRow.Kept(
          id, text.get(), by.isEmpty() ? "" : label(row), row.fields().toString());
    }

    private Optional<String> text(DataRow row) {
      if (meaning == Meaning.ALL_TEXTS) {
        List<String> texts = new ArrayList<>();
        gather(row.fields(), texts);
        return Optional.of(String.join("\n", texts)).filter(text -> !text.isBlank());
      }
      return examples
          .apply(row)
          .map(
              example ->
                  example.map(
                      Example.PlainText::text,
                      completion -> completion.prompt() + "\n" + completion.completion(),
                      dialogue -> dialogue.conversation().contents()));
    }

    private void gather(JsonNode value, List<String> texts) {
      if (value.isTextual()) {
        texts.add(value.textValue());
      }
      value.forEach(inner -> gather(inner, texts));
    }

    private String label(DataRow row) {
      JsonNode value = row.value(by);
      if (value.isNumber() || value.isBoolean()) {
        return value.asText();
      }
      String label = row.text(by);
      if (label.isBlank()) {
        throw row.refused("The column " + by + " is empty", "Leave the row out, or fill it");
      }
      return label;
    }
  }
}
