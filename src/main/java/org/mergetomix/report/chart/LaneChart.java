package org.mergetomix.report.chart;

import java.util.List;
import java.util.Optional;
import org.mergetomix.report.chart.Chart.Anchor;
import org.mergetomix.score.Estimate;

/**
 * Values with error bars under one another on a common axis. Names stand above the bars and not
 * beside them, which leaves the bars the whole width of a phone and long names their place.
 */
public final class LaneChart {

  private static final double LANE = 38;
  private static final double NAME_BASELINE = 15;
  private static final double BAR_HEIGHT = 26;
  private static final double EDGE = 8;
  private static final double TEXT_ROOM = Chart.TEXT_HEIGHT + 4;
  private static final int MOST_STEPS = 5;
  private static final int LONGEST_NAME = 34;

  private LaneChart() {}

  /**
   * One value.
   *
   * @param name shown at the left
   * @param figure the value as text, shown at the right
   * @param estimate the value
   * @param mark its shape
   * @param style CSS class of the lane
   */
  public record Lane(String name, String figure, Estimate estimate, Mark mark, String style) {}

  /** A value that all lanes are compared with. */
  public record Reference(double value, String name) {}

  /** Draws the lanes in the given order, from top to bottom. */
  public static void draw(
      Markup page,
      String id,
      String title,
      String description,
      List<Lane> lanes,
      Optional<Reference> reference,
      String axis) {
    double head = reference.isPresent() ? TEXT_ROOM : 4;
    double bottom = head + lanes.size() * LANE + 4;
    Bounds values = Bounds.of(lanes.stream().map(Lane::estimate).toList());
    if (reference.isPresent()) {
      values = values.including(reference.get().value());
    }
    Scale scale = Scale.around(values, EDGE, Chart.WIDTH - EDGE);

    Chart chart = Chart.open(page, id, bottom + 2 * TEXT_ROOM + 2, title, description);
    drawAxis(chart, scale, head, bottom, axis);
    reference.ifPresent(line -> drawReference(chart, scale, line, bottom));
    for (int i = 0; i < lanes.size(); i++) {
      drawLane(chart, scale, lanes.get(i), head + i * LANE);
    }
    chart.close();
  }

  private static void drawAxis(Chart chart, Scale scale, double top, double bottom, String axis) {
    double step = scale.step(MOST_STEPS);
    for (double tick : scale.ticks(step)) {
      double x = scale.at(tick);
      chart.line("grid", x, top, x, bottom);
      chart.text(
          "tick", anchorAt(x), x, bottom + TEXT_ROOM - 4, Decimals.ofStep(step).format(tick));
    }
    chart.text("axis", Anchor.MIDDLE, Chart.WIDTH / 2, bottom + 2 * TEXT_ROOM - 4, axis);
  }

  private static void drawReference(Chart chart, Scale scale, Reference reference, double bottom) {
    double x = scale.at(reference.value());
    chart.line("reference", x, TEXT_ROOM - 3, x, bottom);
    chart.text("tick", anchorAt(x), x, TEXT_ROOM - 7, reference.name());
  }

  private static void drawLane(Chart chart, Scale scale, Lane lane, double top) {
    chart.openGroup("lane " + lane.style(), lane.name() + ": " + lane.figure());
    chart.text("name", Anchor.START, 0, top + NAME_BASELINE, Labels.fit(lane.name(), LONGEST_NAME));
    chart.text("figure", Anchor.END, Chart.WIDTH, top + NAME_BASELINE, lane.figure());
    if (Double.isFinite(lane.estimate().value())) {
      Bounds interval = Bounds.of(lane.estimate());
      double y = top + BAR_HEIGHT;
      chart.acrossBar(scale.at(interval.low()), scale.at(interval.high()), y);
      chart.mark(lane.mark(), scale.at(lane.estimate().value()), y);
    }
    chart.closeGroup();
  }

  /** Keeps a text near an edge within the drawing. */
  private static Anchor anchorAt(double x) {
    if (x < Chart.WIDTH * 0.08) {
      return Anchor.START;
    }
    return x > Chart.WIDTH * 0.92 ? Anchor.END : Anchor.MIDDLE;
  }
}
