package org.mergetomix.report;

import java.util.List;
import java.util.function.ToDoubleBiFunction;
import org.mergetomix.report.chart.Box;
import org.mergetomix.report.chart.Chart;
import org.mergetomix.report.chart.Chart.Anchor;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.Labels;
import org.mergetomix.report.chart.Markup;

/**
 * A number for any two datasets: a triangle of cells, the stronger the greater. A name stands at
 * the end of its row, which is the head of its column, so that none has to be turned or written
 * twice.
 *
 * @param datasets their names, two or more
 * @param value of two of them, in either order; not finite where it is not known
 * @param full the size of a value whose cell is in full colour
 * @param above the style of values above 0; others are drawn as what harms
 * @param decimals of the figures
 */
record PairMap(
    List<String> datasets,
    ToDoubleBiFunction<String, String> value,
    double full,
    String above,
    Decimals decimals) {

  private static final double NAME_ROOM = 130;
  private static final double WIDEST = 48;
  private static final double LOWEST = 20;
  private static final double HIGHEST = 32;
  private static final double EDGE = 4;
  private static final int LONGEST_NAME = 14;

  /** Room that a character of a figure takes in a cell. */
  private static final double CHARACTER = 8;

  /** A sign, a digit and a point before the decimals. */
  private static final int BEFORE = 3;

  /** Draws the map; what it says in words is given. */
  void draw(Markup page, String id, String title, String description) {
    double width = Math.min(WIDEST, (Chart.WIDTH - NAME_ROOM) / (datasets.size() - 1));
    double height = Math.max(LOWEST, Math.min(HIGHEST, width));
    Chart chart = Chart.open(page, id, 2 * EDGE + datasets.size() * height, title, description);
    for (int row = 0; row < datasets.size(); row++) {
      double top = EDGE + row * height;
      for (int column = 0; column < row; column++) {
        drawCell(
            chart,
            datasets.get(row),
            datasets.get(column),
            new Box(column * width, top, width, height));
      }
      chart.text(
          "name",
          Anchor.START,
          row * width + 6,
          top + height / 2 + 4,
          Labels.fit(datasets.get(row), LONGEST_NAME));
    }
    chart.close();
  }

  private void drawCell(Chart chart, String one, String other, Box box) {
    double number = value.applyAsDouble(one, other);
    String figure = decimals.format(number);
    chart.openGroup(number < 0 ? "harms" : above, one + " and " + other + ": " + figure);
    chart.cell(Double.isFinite(number) ? Math.min(1, Math.abs(number) / full) : 0, box);
    if (box.width() >= CHARACTER * (decimals.places() + BEFORE)) {
      chart.text("value", Anchor.MIDDLE, box.middle(), box.top() + box.height() / 2 + 4, figure);
    }
    chart.closeGroup();
  }
}
