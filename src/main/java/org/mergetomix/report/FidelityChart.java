package org.mergetomix.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.mergetomix.report.chart.Bounds;
import org.mergetomix.report.chart.Chart;
import org.mergetomix.report.chart.Chart.Anchor;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.Labels;
import org.mergetomix.report.chart.Legend;
import org.mergetomix.report.chart.Mark;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Plot;
import org.mergetomix.score.Estimate;
import org.mergetomix.statistics.FidelityPoint;

/** Surrogate scores across, real scores upright, a mark for why each mixture was picked. */
final class FidelityChart {

  private static final Map<String, Mark> MARKS =
      Map.of(
          "best", Mark.DIAMOND,
          "worst", Mark.TRIANGLE_DOWN,
          "all", Mark.SQUARE,
          "leave-one-out", Mark.TRIANGLE_UP,
          "spread", Mark.DOT);

  private static final int LONGEST_NAME = 24;
  private static final double BELOW = 18;
  private static final double ABOVE = -9;

  private FidelityChart() {}

  static void write(Markup page, ReportContent content) {
    List<FidelityPoint> points =
        content.fidelityPoints().stream()
            .filter(
                point ->
                    Double.isFinite(point.surrogate().value())
                        && Double.isFinite(point.real().value()))
            .toList();
    if (points.isEmpty()) {
      return;
    }
    FidelityPoint chosen = best(content, points, FidelityPoint::surrogate);
    FidelityPoint real = best(content, points, FidelityPoint::real);
    page.open("figure", "class", "fidelity").newLine();
    Plot plot =
        Plot.open(
            page,
            "chart-fidelity",
            "Surrogate scores against scores of models really fine-tuned",
            "Best by surrogate: " + chosen.mixture() + ". Really best: " + real.mixture() + ".",
            Bounds.of(points.stream().map(FidelityPoint::surrogate).toList()),
            Bounds.of(points.stream().map(FidelityPoint::real).toList()));
    plot.drawAxes("surrogate, " + content.scoreUnit(), "really fine-tuned, " + Words.axis(content));
    Decimals surrogates = Decimals.of(points.stream().map(FidelityPoint::surrogate).toList());
    Decimals reals = Decimals.of(points.stream().map(FidelityPoint::real).toList());
    for (FidelityPoint point : points) {
      plot.chart()
          .openGroup(
              style(point),
              point.mixture()
                  + ": surrogate "
                  + surrogates.format(point.surrogate())
                  + ", really "
                  + reals.format(point.real()));
      plot.drawAcrossBar(Bounds.of(point.surrogate()), point.real().value());
      plot.drawUprightBar(point.surrogate().value(), Bounds.of(point.real()));
      plot.drawMark(mark(point.role()), point.surrogate().value(), point.real().value());
      plot.chart().closeGroup();
    }
    if (chosen.equals(real)) {
      label(plot, chosen, BELOW, "best by both");
    } else {
      label(plot, chosen, BELOW, "surrogates’ best");
      label(plot, real, ABOVE, "really best");
    }
    plot.close();
    writeLegend(page, points);
    page.closeLine();
  }

  private static FidelityPoint best(
      ReportContent content, List<FidelityPoint> points, Function<FidelityPoint, Estimate> score) {
    return points.stream()
        .min(
            Comparator.comparing(
                (FidelityPoint point) -> score.apply(point).value(),
                content.direction().bestFirst()))
        .orElseThrow();
  }

  /** Beside the mark, on the side where there is room. */
  private static void label(Plot plot, FidelityPoint point, double shift, String what) {
    double x = plot.x(point.surrogate().value());
    double y = plot.y(point.real().value());
    boolean roomAtRight = x < Chart.WIDTH / 2;
    plot.chart()
        .text(
            "note",
            roomAtRight ? Anchor.START : Anchor.END,
            roomAtRight ? x + 10 : x - 10,
            y + shift,
            Labels.fit(point.mixture(), LONGEST_NAME) + " (" + what + ")");
  }

  private static Mark mark(String role) {
    return MARKS.getOrDefault(role, Mark.RING);
  }

  private static String style(FidelityPoint point) {
    return "best".equals(point.role()) ? "lead" : "plain";
  }

  private static void writeLegend(Markup page, List<FidelityPoint> points) {
    List<Legend.Entry> entries = new ArrayList<>();
    for (String role : new TreeSet<>(points.stream().map(FidelityPoint::role).toList())) {
      entries.add(new Legend.Entry(mark(role), "best".equals(role) ? "lead" : "plain", role));
    }
    Legend.write(page, entries);
  }
}
