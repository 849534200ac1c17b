package org.mergetomix.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.mergetomix.report.chart.Figures;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Table;
import org.mergetomix.report.chart.Table.Column;
import org.mergetomix.table.SeenExamples;

/** How many examples mixtures saw before they were left out, where they raced. */
final class RaceSection {

  private RaceSection() {}

  /** Writes the section, where there was a race. */
  static void write(Markup page, SeenExamples seen) {
    if (!seen.raced()) {
      return;
    }
    page.open("section").newLine().line("h2", "Race");
    page.line(
        "p",
        String.format(
            Locale.ROOT,
            "Of %s, %d saw every example; the others were left out once they could not be the best."
                + " Together they saw %.1f %% of the examples that all would have seen.",
            Figures.count(seen.total(), "mixture"),
            seen.whole(),
            100 * seen.share()));
    long all = seen.mixtures().lastKey();
    List<List<String>> rows = new ArrayList<>();
    long left = seen.total();
    for (Map.Entry<Long, Long> one : seen.mixtures().entrySet()) {
      rows.add(
          List.of(
              Figures.count(one.getKey()),
              String.format(Locale.ROOT, "%.0f %%", 100.0 * one.getKey() / all),
              Figures.count(left)));
      left -= one.getValue();
    }
    Table.write(
        page,
        "Mixtures left in the race",
        List.of(Column.number("Examples"), Column.number("Share"), Column.number("Seen by")),
        rows);
    page.line(
        "p",
        "The score of a mixture that was left out is that of the best one and its gap to that on"
            + " the examples that both saw; it ranks after those that saw every example.",
        "class",
        "note");
    page.closeLine();
  }
}
