package org.mergetomix.report;

import java.util.Comparator;
import java.util.List;
import org.mergetomix.report.chart.Bounds;
import org.mergetomix.report.chart.Chart;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.Figures;
import org.mergetomix.report.chart.Mark;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Plot;
import org.mergetomix.report.chart.Table;
import org.mergetomix.report.chart.Table.Column;
import org.mergetomix.score.Estimate;
import org.mergetomix.statistics.BestOfSize;

/** The best score among mixtures of one dataset, of two, of three, and so on. */
final class SizeSection {

  private SizeSection() {}

  static void write(Markup page, ReportContent content) {
    page.open("section").newLine().line("h2", "Best score by number of datasets");
    if (content.bestBySize().isEmpty()) {
      page.line("p", "No mixture has a score.");
    } else {
      writeSizes(page, content);
    }
    page.closeLine();
  }

  private static void writeSizes(Markup page, ReportContent content) {
    List<BestOfSize> sizes =
        content.bestBySize().stream().sorted(Comparator.comparingInt(BestOfSize::size)).toList();
    Decimals decimals = Decimals.of(sizes.stream().map(BestOfSize::score).toList());
    BestOfSize best =
        sizes.stream()
            .min(
                Comparator.comparing(
                    (BestOfSize size) -> size.score().value(), content.unit().bestFirst()))
            .orElseThrow();
    String message =
        (content.run().counts().coversSpace()
                ? "The best score is reached with "
                : "Of the mixtures that were evaluated, the best has ")
            + Figures.count(best.size(), "dataset")
            + ": "
            + best.mixture()
            + ", "
            + decimals.format(best.score())
            + ".";
    page.line("p", message);
    page.open("figure").newLine();
    draw(page, content, sizes, best, decimals, message);
    page.closeLine();
    Table.write(
        page,
        "Best score by number of datasets",
        List.of(
            Column.number("Datasets"),
            Column.id("Best mixture"),
            Column.number("Score, " + content.unit().name())),
        sizes.stream()
            .map(
                size ->
                    List.of(
                        Integer.toString(size.size()),
                        size.mixture(),
                        decimals.format(size.score())))
            .toList());
  }

  private static void draw(
      Markup page,
      ReportContent content,
      List<BestOfSize> sizes,
      BestOfSize best,
      Decimals decimals,
      String message) {
    List<Estimate> scores = sizes.stream().map(BestOfSize::score).toList();
    Plot plot =
        Plot.open(
            page,
            "chart-sizes",
            "Best score by number of datasets",
            message,
            new Bounds(sizes.get(0).size(), sizes.get(sizes.size() - 1).size()),
            Bounds.of(scores));
    plot.drawCountAxes("datasets in the mixture", content.unit().describe());
    StringBuilder path = new StringBuilder();
    for (BestOfSize size : sizes) {
      if (Double.isFinite(size.score().value())) {
        path.append(path.isEmpty() ? 'M' : 'L')
            .append(Chart.number(plot.x(size.size())))
            .append(' ')
            .append(Chart.number(plot.y(size.score().value())));
      }
    }
    plot.chart().curve(path.toString());
    for (BestOfSize size : sizes) {
      if (!Double.isFinite(size.score().value())) {
        continue;
      }
      String tooltip =
          Figures.count(size.size(), "dataset")
              + ", "
              + size.mixture()
              + ": "
              + decimals.format(size.score());
      plot.chart().openGroup(size.equals(best) ? "lead" : "plain", tooltip);
      plot.drawUprightBar(size.size(), Bounds.of(size.score()));
      plot.drawMark(size.equals(best) ? Mark.DIAMOND : Mark.DOT, size.size(), size.score().value());
      plot.chart().closeGroup();
    }
    plot.close();
  }
}
