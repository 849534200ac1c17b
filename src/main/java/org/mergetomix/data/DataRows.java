package org.mergetomix.data;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Complaints;

/**
 * What the rows of some files mean, in their order.
 *
 * @param rows what each row means, and where it stands
 * @param counts what became of the rows
 */
public record DataRows<T>(List<Placed<T>> rows, RowCounts counts) {

  /** The column that a line of text is. */
  public static final String TEXT = "text";

  public DataRows {
    rows = List.copyOf(rows);
  }

  /**
   * What a row means, and where it stands.
   *
   * @param place where
   * @param meaning what
   */
  public record Placed<T>(RowPlace place, T meaning) {

    /** That the row will not do. */
    public UserException refused(String what, String remedy) {
      return UserException.input(what, place.where(), remedy);
    }
  }

  /**
   * Reads files.
   *
   * @param files one or more
   * @param meaning what a row means; nothing if there is nothing in it. It may refuse a row
   * @throws UserException if a file cannot be read, rows are refused, or no row means anything
   */
  public static <T> DataRows<T> read(List<DataFile> files, Function<DataRow, Optional<T>> meaning) {
    String names = files.size() == 1 ? files.get(0).name() : "%s files".formatted(files.size());
    Complaints complaints = new Complaints(names);
    List<Placed<T>> rows = new ArrayList<>();
    Set<T> seen = new HashSet<>();
    long[] left = new long[1];
    for (DataFile file : files) {
      forEach(
          file,
          complaints,
          row ->
              complaints.gather(
                  () -> {
                    Optional<T> known = row.isBlank() ? Optional.empty() : meaning.apply(row);
                    known.ifPresentOrElse(
                        given -> {
                          rows.add(new Placed<>(row.place(), given));
                          seen.add(given);
                        },
                        () -> left[0]++);
                  }));
    }
    complaints.refuseIfAny();
    if (rows.isEmpty()) {
      throw UserException.input("The data holds no example", names, "Write one example a line");
    }
    return new DataRows<>(
        rows, new RowCounts(rows.size(), left[0], rows.size() - (long) seen.size()));
  }

  private static void forEach(DataFile file, Complaints complaints, Consumer<DataRow> use) {
    switch (file.form().layout()) {
      case LINES ->
          new DataLines(file, "one example a line").forEach(line -> use.accept(row(file, line)));
      case JSON_LINES ->
          new DataLines(file, "one object a line")
              .forEach(line -> complaints.gather(() -> use.accept(row(file, line))));
      case PARQUET -> new ParquetRows(file).forEach(use);
    }
  }

  /** The row that a line is, of a file of lines or JSON Lines. */
  static DataRow row(DataFile file, DataLines.Line line) {
    if (line.text().isBlank()) {
      return new DataRow(place(file, line), MissingNode.getInstance());
    }
    return file.form().layout() == DataForm.Layout.JSON_LINES
        ? JsonRows.row(place(file, line), line.text())
        : new DataRow(
            place(file, line), JsonNodeFactory.instance.objectNode().put(TEXT, line.text()));
  }

  private static RowPlace place(DataFile file, DataLines.Line line) {
    return new RowPlace(file.name(), RowPlace.Unit.LINE, line.number());
  }
}
