package org.mergetomix.report;

import java.util.List;
import java.util.SortedMap;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Table;
import org.mergetomix.report.chart.Table.Column;

/** What decided the result: inputs, versions, configuration. Folded, for those who look. */
final class RecordSection {

  private RecordSection() {}

  static void write(Markup page, ReportContent content) {
    page.open("section").newLine().line("h2", "Inputs and versions");
    fold(
        page,
        "Inputs",
        List.of(Column.text("Kind"), Column.id("Id"), Column.id("Location"), Column.id("Digest")),
        content.inputs().stream()
            .map(input -> List.of(input.kind(), input.id(), input.location(), input.digest()))
            .toList());
    fold(
        page,
        "Versions",
        List.of(Column.text("What"), Column.id("Version")),
        rows(content.versions()));
    fold(
        page,
        "Configuration",
        List.of(Column.id("Key"), Column.id("Value")),
        rows(content.configuration()));
    page.closeLine();
  }

  private static List<List<String>> rows(SortedMap<String, String> values) {
    return values.entrySet().stream()
        .map(entry -> List.of(entry.getKey(), entry.getValue()))
        .toList();
  }

  private static void fold(
      Markup page, String name, List<Column> columns, List<List<String>> rows) {
    page.open("details").newLine().line("summary", name + " (" + rows.size() + ")");
    Table.write(page, name, columns, rows);
    page.closeLine();
  }
}
