package org.mergetomix.report;

import java.util.List;

/** A table that scrolls sideways within the page where it is wider than the screen. */
final class Table {

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
  record Column(String heading, Kind kind) {
    static Column text(String heading) {
      return new Column(heading, Kind.TEXT);
    }

    static Column id(String heading) {
      return new Column(heading, Kind.ID);
    }

    static Column number(String heading) {
      return new Column(heading, Kind.NUMBER);
    }
  }

  /**
   * Writes a table.
   *
   * @param name what it holds, for readers who cannot see the page around it
   * @param rows cells in the order of the columns
   */
  static void write(Markup page, String name, List<Column> columns, List<List<String>> rows) {
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
        page.element("td", row.get(i), "class", style(columns.get(i)));
      }
      page.closeLine();
    }
    page.close().close().closeLine();
  }

  private static String style(Column column) {
    return switch (column.kind()) {
      case TEXT -> "text";
      case ID -> "id";
      case NUMBER -> "number";
    };
  }
}
