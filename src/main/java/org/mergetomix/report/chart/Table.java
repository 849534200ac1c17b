package org.mergetomix.report.chart;

import java.util.List;
import java.util.regex.Pattern;

/** A table that scrolls sideways within the page where it is wider than the screen. */
public final class Table {

  /** Where a line may end within an id: after a joint, rather than within a name. */
  private static final Pattern ID_PART_END = Pattern.compile("(?<=[+/])");

  private Table() {}

  /** What a column holds, which decides how it is set. */
  enum Kind {
    /** Any text. */
    TEXT,
    /** A long id, path or digest, which may be broken anywhere. */
    ID,
    /** Figures, aligned at the right. */
    NUMBER
  }

  /** A column's heading and kind. */
  public record Column(String heading, Kind kind) {
    public static Column text(String heading) {
      return new Column(heading, Kind.TEXT);
    }

    public static Column id(String heading) {
      return new Column(heading, Kind.ID);
    }

    public static Column number(String heading) {
      return new Column(heading, Kind.NUMBER);
    }
  }

  /**
   * Writes a table.
   *
   * @param name what it holds, for readers who cannot see the page around it
   * @param rows cells in the order of the columns
   */
  public static void write(
      Markup page, String name, List<Column> columns, List<List<String>> rows) {
    // A region that scrolls has to be reachable by keyboard.
    page.open("div", "class", "scroll", "role", "region", "aria-label", name, "tabindex", "0");
    page.open("table").newLine().open("thead").open("tr");
    for (Column column : columns) {
      page.element("th", column.heading(), "scope", "col", "class", style(column));
    }
    page.close().closeLine().open("tbody").newLine();
    for (List<String> row : rows) {
      page.open("tr");
      for (int i = 0; i < columns.size(); i++) {
        writeCell(page, columns.get(i), row.get(i));
      }
      page.closeLine();
    }
    page.close().close().closeLine();
  }

  private static void writeCell(Markup page, Column column, String text) {
    page.open("td", "class", style(column));
    if (column.kind() == Kind.ID) {
      ID_PART_END.splitAsStream(text).forEach(part -> page.text(part).empty("wbr"));
    } else {
      page.text(text);
    }
    page.closeLine();
  }

  private static String style(Column column) {
    return switch (column.kind()) {
      case TEXT -> "text";
      case ID -> "id";
      case NUMBER -> "number";
    };
  }
}
