package org.mergetomix.report.chart;

import java.util.List;
import org.mergetomix.report.chart.Chart.Anchor;

/** A drawing with a horizontal and a vertical axis. */
public final class Plot {

  private static final double HEIGHT = 330;
  private static final double LEFT = 62;
  private static final double RIGHT = Chart.WIDTH - 12;
  private static final double TOP = 30;
  private static final double BOTTOM = HEIGHT - 48;
  private static final int MOST_STEPS = 5;

  private final Chart chart;
  private final Scale across;
  private final Scale upright;

  private Plot(Chart chart, Scale across, Scale upright) {
    this.chart = chart;
    this.across = across;
    this.upright = upright;
  }

  /** A drawing of values on both axes. */
  public static Plot open(
      Markup page, String id, String title, String description, Bounds across, Bounds upright) {
    return new Plot(
        Chart.open(page, id, HEIGHT, title, description),
        Scale.around(across, LEFT, RIGHT),
        Scale.around(upright, BOTTOM, TOP));
  }

  /** Axes with round numbers. */
  public void drawAxes(String acrossName, String uprightName) {
    double step = across.step(MOST_STEPS);
    drawAxes(across.ticks(step), step, acrossName, uprightName);
  }

  /** Axes with whole numbers across. */
  public void drawCountAxes(String acrossName, String uprightName) {
    double step = Math.max(1, across.step(12));
    drawAxes(across.ticks(step), step, acrossName, uprightName);
  }

  private void drawAxes(
      List<Double> acrossTicks, double acrossStep, String acrossName, String uprightName) {
    double uprightStep = upright.step(MOST_STEPS);
    for (double tick : upright.ticks(uprightStep)) {
      double y = upright.at(tick);
      chart.line("grid", LEFT, y, RIGHT, y);
      chart.text("tick", Anchor.END, LEFT - 6, y + 5, Decimals.ofStep(uprightStep).format(tick));
    }
    chart.line("baseline", LEFT, BOTTOM, RIGHT, BOTTOM);
    for (double tick : acrossTicks) {
      double x = across.at(tick);
      chart.line("baseline", x, BOTTOM, x, BOTTOM + 4);
      chart.text("tick", Anchor.MIDDLE, x, BOTTOM + 20, Decimals.ofStep(acrossStep).format(tick));
    }
    chart.text("axis", Anchor.START, 0, 13, uprightName);
    chart.text("axis", Anchor.END, RIGHT, BOTTOM + 41, acrossName);
  }

  /** What it is drawn into. */
  public Chart chart() {
    return chart;
  }

  /** Where a value lies across. */
  public double x(double value) {
    return across.at(value);
  }

  /** Where a value lies upright. */
  public double y(double value) {
    return upright.at(value);
  }

  /** Draws a mark at a place of the chart. */
  public void drawMark(Mark mark, double x, double y) {
    chart.mark(mark, x(x), y(y));
  }

  /** Draws an interval from left to right. */
  public void drawAcrossBar(Bounds interval, double y) {
    chart.acrossBar(x(interval.low()), x(interval.high()), y(y));
  }

  /** Draws an interval from bottom to top. */
  public void drawUprightBar(double x, Bounds interval) {
    chart.uprightBar(x(x), y(interval.low()), y(interval.high()));
  }

  public void close() {
    chart.close();
  }
}
