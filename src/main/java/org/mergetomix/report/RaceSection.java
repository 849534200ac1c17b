package org.mergetomix.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.mergetomix.report.chart.Bounds;
import org.mergetomix.report.chart.Chart;
import org.mergetomix.report.chart.Figures;
import org.mergetomix.report.chart.Mark;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Plot;
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
    writeChart(page, seen, all);
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

  private static void writeChart(Markup page, SeenExamples seen, long all) {
    page.open("figure").newLine();
    Plot plot =
        Plot.open(
            page,
            "chart-race",
            "Mixtures left in the race by the share of examples seen",
            Figures.count(seen.total(), "mixture")
                + " at first, "
                + Figures.count(seen.whole())
                + " in the end.",
            new Bounds(0, 100),
            new Bounds(0, seen.total()));
    plot.drawAxes("examples seen, %", "mixtures left");
    StringBuilder path = new StringBuilder();
    path.append("M").append(Chart.number(plot.x(0))).append(" ");
    double left = seen.total();
    path.append(Chart.number(plot.y(left)));
    plot.chart().openGroup("lead", "Mixtures left");
    for (Map.Entry<Long, Long> one : seen.mixtures().entrySet()) {
      double share = 100.0 * one.getKey() / all;
      plot.drawMark(Mark.DOT, share, left);
      path.append("H").append(Chart.number(plot.x(share)));
      left -= one.getKey() == all ? 0 : one.getValue();
      path.append("V").append(Chart.number(plot.y(left)));
    }
    plot.chart().closeGroup();
    plot.chart().curve(path.toString());
    plot.close();
    page.closeLine();
  }
}
