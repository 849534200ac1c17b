package org.mergetomix.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Table;
import org.mergetomix.report.chart.Table.Column;
import org.mergetomix.score.Estimate;
import org.mergetomix.statistics.BaselineChoice;
import org.mergetomix.table.RankedRow;

/** What would be chosen without experts, and where that stands in this search. */
final class BaselineSection {

  private BaselineSection() {}

  /** Writes the section, where something is known of the datasets. */
  static void write(Markup page, ReportContent content) {
    if (content.baselines().isEmpty()) {
      return;
    }
    page.open("section").newLine().line("h2", "Choosing without experts");
    page.line(
        "p",
        "What would be chosen by numbers that were known of each dataset before any training: the "
            + "datasets with the greatest, as many as the best mixture has. The experts were worth "
            + "their training where these stand behind it by more than the error of the gap.");
    writeChoices(page, content);
    writeNumbers(page, content);
    page.closeLine();
  }

  private static void writeChoices(Markup page, ReportContent content) {
    List<RankedRow> rows =
        content.baselines().stream().flatMap(choice -> choice.row().stream()).toList();
    Decimals scores = Decimals.of(rows.stream().map(RankedRow::score).toList());
    Decimals gaps = Decimals.of(rows.stream().map(RankedRow::gap).toList());
    Table.write(
        page,
        "What would be chosen without experts",
        List.of(
            Column.text("Chosen by"),
            Column.id("Mixture"),
            Column.number("Rank"),
            Column.number("Score, " + content.unit().name()),
            Column.number("Gap to the best")),
        content.baselines().stream()
            .map(
                choice ->
                    List.of(
                        choice.baseline(),
                        choice.mixture(),
                        rank(choice),
                        choice.row().map(row -> scores.format(row.score())).orElse("–"),
                        choice.row().map(row -> gaps.format(row.gap())).orElse("–")))
            .toList());
  }

  private static String rank(BaselineChoice choice) {
    return choice.row().map(row -> Long.toString(row.rank().orElseThrow())).orElse("not ranked");
  }

  private static void writeNumbers(Markup page, ReportContent content) {
    SortedMap<String, SortedMap<String, Double>> numbers = content.run().start().baselines();
    Map<String, Estimate> gains = new HashMap<>();
    content
        .model()
        .ifPresent(
            model -> model.gains().forEach(gain -> gains.put(gain.dataset(), gain.shapley())));
    Decimals decimals = Decimals.of(List.copyOf(gains.values()));
    List<Column> columns = new ArrayList<>(List.of(Column.id("Dataset")));
    content.baselines().forEach(choice -> columns.add(Column.number(choice.baseline())));
    columns.add(Column.number("Shapley value, " + content.unit().name()));
    List<List<String>> cells = new ArrayList<>();
    numbers.forEach(
        (dataset, known) -> {
          List<String> line = new ArrayList<>(List.of(dataset));
          known.forEach((name, number) -> line.add(decimals(numbers, name).format(number)));
          line.add(
              Optional.ofNullable(gains.get(dataset))
                  .map(gain -> GainChart.text(gain, decimals))
                  .orElse("–"));
          cells.add(line);
        });
    Table.write(page, "What was known of each dataset", columns, cells);
  }

  /** Three digits of the greatest of a kind. */
  private static Decimals decimals(
      SortedMap<String, SortedMap<String, Double>> numbers, String name) {
    double greatest =
        numbers.values().stream().mapToDouble(known -> Math.abs(known.get(name))).max().orElse(0);
    return greatest > 0 ? Decimals.ofStep(greatest / 100) : new Decimals(0);
  }
}
