package org.mergetomix.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.mergetomix.report.chart.Bounds;
import org.mergetomix.report.chart.Chart;
import org.mergetomix.report.chart.Figures;
import org.mergetomix.report.chart.Legend;
import org.mergetomix.report.chart.Mark;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Plot;
import org.mergetomix.report.chart.Table;
import org.mergetomix.report.chart.Table.Column;
import org.mergetomix.search.replay.Recording;
import org.mergetomix.search.replay.RegretCurve;
import org.mergetomix.search.replay.RegretCurve.Spread;

/** Regret against budget of replayed searches, as one HTML page like the report. */
public final class ReplayPage {

  private static final List<Mark> MARKS =
      List.of(Mark.DIAMOND, Mark.DOT, Mark.SQUARE, Mark.TRIANGLE_UP, Mark.RING, Mark.TRIANGLE_DOWN);
  private static final List<String> STYLES = List.of("lead", "helps", "harms", "plain");
  private static final int MOST_MARKS = 12;

  private ReplayPage() {}

  /**
   * Writes the page; it is as safe and repeatable as {@link HtmlReport#render}.
   *
   * @param source where the recorded scores come from
   * @param curves one or more
   */
  public static String render(String source, Recording recording, List<RegretCurve> curves) {
    Markup page = Markup.document();
    page.open("html", "lang", "en").newLine();
    HtmlReport.writeHead(page, "Replay of " + source);
    page.open("body").newLine().open("main").newLine();
    page.open("header").newLine();
    page.line("h1", "Replay of " + source);
    page.line(
        "p",
        "How much worse than the best of %s the choice of a search is, by what it evaluated"
            .formatted(Figures.count(recording.size(), "mixture")),
        "class",
        "answer");
    page.line("p", recording.objective().describe(), "class", "scope");
    page.closeLine();
    page.open("section").newLine().line("h2", "Regret against budget");
    writeChart(page, curves, recording.regretUnit());
    writeTable(page, curves, recording.regretUnit());
    return page.closeLine().closeLine().closeLine().close().newLine().finish();
  }

  private static void writeChart(Markup page, List<RegretCurve> curves, String unit) {
    page.open("figure").newLine();
    double most = curves.stream().mapToDouble(curve -> curve.cost().median()).max().orElseThrow();
    double highest =
        curves.stream()
            .mapToDouble(curve -> median(curve, curve.costs()[0]))
            .filter(Double::isFinite)
            .max()
            .orElse(1);
    Plot plot =
        Plot.open(
            page,
            "chart-regret",
            "Regret against budget",
            curves.get(0).name()
                + " ends at a regret of "
                + text(curves.get(0).regret().median())
                + " "
                + unit,
            new Bounds(0, most),
            new Bounds(0, highest));
    plot.drawCountAxes("evaluations of a mixture on all examples", "regret, " + unit);
    List<Legend.Entry> entries = new ArrayList<>();
    for (int i = 0; i < curves.size(); i++) {
      Mark mark = MARKS.get(i % MARKS.size());
      String style = STYLES.get(i % STYLES.size());
      plot.chart().openGroup(style, curves.get(i).name());
      draw(plot, curves.get(i), mark, new Bounds(0, most), highest);
      plot.chart().closeGroup();
      entries.add(new Legend.Entry(mark, style, curves.get(i).name()));
    }
    plot.close();
    Legend.write(page, entries);
    page.line("figcaption", "Medians over repetitions. A line ends where its search does.");
    page.closeLine();
  }

  private static void draw(Plot plot, RegretCurve curve, Mark mark, Bounds across, double highest) {
    double[] costs =
        Arrays.stream(curve.costs())
            .filter(cost -> across.contains(cost) && cost <= curve.cost().median())
            .filter(cost -> median(curve, cost) <= highest)
            .toArray();
    StringBuilder path = new StringBuilder();
    for (double cost : costs) {
      String x = Chart.number(plot.x(cost));
      String y = Chart.number(plot.y(median(curve, cost)));
      path.append(path.isEmpty() ? "M%s %s".formatted(x, y) : "H%sV%s".formatted(x, y));
    }
    if (costs.length > 0) {
      plot.chart().curve(path.toString());
    }
    int step = 1 + costs.length / MOST_MARKS;
    for (int i = costs.length - 1; i >= 0; i -= step) {
      plot.drawMark(mark, costs[i], median(curve, costs[i]));
    }
  }

  private static double median(RegretCurve curve, double budget) {
    return curve.regretAt(budget).median();
  }

  private static void writeTable(Markup page, List<RegretCurve> curves, String unit) {
    List<List<String>> rows = new ArrayList<>();
    for (RegretCurve curve : curves) {
      Spread regret = curve.regret();
      Spread cost = curve.cost();
      rows.add(
          List.of(
              curve.name(),
              String.format(Locale.ROOT, "%.1f", cost.median()),
              String.format(Locale.ROOT, "%.1f", cost.worst()),
              text(regret.median()),
              text(regret.worst()),
              curve.tied() + " of " + curve.outcomes().size()));
    }
    Table.write(
        page,
        "What each search came to",
        List.of(
            Column.text("Strategy"),
            Column.number("Evaluations, median"),
            Column.number("worst"),
            Column.number("Regret, median, " + unit),
            Column.number("worst"),
            Column.number("Best, or tied with it")),
        rows);
  }

  private static String text(double regret) {
    return String.format(Locale.ROOT, "%.3f", regret);
  }
}
