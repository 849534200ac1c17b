package org.mergetomix.report;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.mergetomix.report.chart.Box;
import org.mergetomix.report.chart.Chart;
import org.mergetomix.report.chart.Chart.Anchor;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.Labels;
import org.mergetomix.report.chart.Markup;

/**
 * How much two of several directions are the same: a triangle of cells, the stronger the more. A
 * name stands at the end of its row, which is the head of its column, so that none has to be turned
 * or written twice.
 */
final class CosineMap {

  private static final double NAME_ROOM = 130;
  private static final double WIDEST = 48;
  private static final double LOWEST = 20;
  private static final double HIGHEST = 32;
  private static final double EDGE = 4;
  private static final int LONGEST_NAME = 14;

  /** Cells at least this wide have their figure in them. */
  private static final double FIGURE_ROOM = 40;

  private CosineMap() {}

  /** How much two point the same way. */
  @FunctionalInterface
  interface Cosines {
    double cosine(String one, String other);
  }

  /**
   * Draws the map.
   *
   * @param title what the cosines are between
   * @param datasets two or more
   */
  static void draw(Markup page, String title, List<String> datasets, Cosines figures) {
    double width = Math.min(WIDEST, (Chart.WIDTH - NAME_ROOM) / (datasets.size() - 1));
    double height = Math.max(LOWEST, Math.min(HIGHEST, width));
    Chart chart =
        Chart.open(
            page,
            "chart-cosines",
            2 * EDGE + datasets.size() * height,
            title,
            description(figures, datasets));
    for (int row = 0; row < datasets.size(); row++) {
      double top = EDGE + row * height;
      for (int column = 0; column < row; column++) {
        String pair = datasets.get(row) + " and " + datasets.get(column);
        double cosine = figures.cosine(datasets.get(row), datasets.get(column));
        drawCell(chart, pair, cosine, new Box(column * width, top, width, height));
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

  private static void drawCell(Chart chart, String pair, double cosine, Box box) {
    String figure = new Decimals(2).format(cosine);
    chart.openGroup(cosine < 0 ? "harms" : "tied", pair + ": " + figure);
    chart.cell(Double.isFinite(cosine) ? Math.abs(cosine) : 0, box);
    if (box.width() >= FIGURE_ROOM) {
      chart.text("value", Anchor.MIDDLE, box.middle(), box.top() + box.height() / 2 + 4, figure);
    }
    chart.closeGroup();
  }

  private static String description(Cosines figures, List<String> datasets) {
    OptionalDouble greatest =
        datasets.stream()
            .flatMapToDouble(
                one ->
                    datasets.stream()
                        .filter(other -> one.compareTo(other) < 0)
                        .mapToDouble(other -> figures.cosine(one, other)))
            .filter(Double::isFinite)
            .max();
    return greatest.isEmpty()
        ? "No cosine is known."
        : String.format(Locale.ROOT, "The greatest is %.2f.", greatest.getAsDouble());
  }
}
