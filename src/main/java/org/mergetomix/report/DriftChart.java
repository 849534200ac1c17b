package org.mergetomix.report;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.mergetomix.report.chart.Bounds;
import org.mergetomix.report.chart.Box;
import org.mergetomix.report.chart.Chart;
import org.mergetomix.report.chart.Chart.Anchor;
import org.mergetomix.report.chart.Figures;
import org.mergetomix.report.chart.Labels;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Scale;
import org.mergetomix.table.PreflightRecord;

/** How far each expert moved: a bar an expert from zero, and the line where evidence ends. */
final class DriftChart {

  private static final double NAME_ROOM = 112;
  private static final double FIGURE_ROOM = 64;
  private static final double HEAD = Chart.TEXT_HEIGHT + 6;
  private static final double ROW = 26;
  private static final double BAR = 14;
  private static final int LONGEST_NAME = 13;

  private DriftChart() {}

  static void draw(Markup page, PreflightRecord figures) {
    List<Map.Entry<String, PreflightRecord.Movement>> experts =
        figures.experts().entrySet().stream()
            .sorted(
                Comparator.comparingDouble(
                    (Map.Entry<String, PreflightRecord.Movement> expert) ->
                        -expert.getValue().drift()))
            .toList();
    double greatest =
        experts.stream()
            .mapToDouble(expert -> expert.getValue().drift())
            .filter(Double::isFinite)
            .reduce(figures.driftLimit(), Math::max);
    Scale scale = new Scale(new Bounds(0, greatest), NAME_ROOM, Chart.WIDTH - FIGURE_ROOM);
    double bottom = HEAD + experts.size() * ROW;
    Chart chart =
        Chart.open(
            page,
            "chart-drift",
            bottom + 4,
            "Drift of each expert",
            "The farthest is " + experts.get(0).getKey() + ".");
    for (int i = 0; i < experts.size(); i++) {
      drawRow(chart, scale, experts.get(i), figures.driftLimit(), HEAD + i * ROW);
    }
    double limit = scale.at(figures.driftLimit());
    chart.line("reference", limit, HEAD - 3, limit, bottom);
    chart.line("baseline", NAME_ROOM, HEAD - 3, NAME_ROOM, bottom);
    chart.text("tick", Anchor.MIDDLE, limit, HEAD - 8, "evidence ends about here");
    chart.close();
  }

  private static void drawRow(
      Chart chart,
      Scale scale,
      Map.Entry<String, PreflightRecord.Movement> expert,
      double limit,
      double top) {
    double drift = expert.getValue().drift();
    String figure = Figures.percent(drift);
    double end = Double.isFinite(drift) ? scale.at(drift) : NAME_ROOM;
    double line = top + ROW / 2 + 4;
    chart.openGroup(drift > limit ? "harms" : "tied", expert.getKey() + ": " + figure);
    chart.text("name", Anchor.START, 0, line, Labels.fit(expert.getKey(), LONGEST_NAME));
    chart.cell(0.75, new Box(NAME_ROOM, top + (ROW - BAR) / 2, end - NAME_ROOM, BAR));
    chart.text("figure", Anchor.START, end + 8, line, figure);
    chart.closeGroup();
  }
}
