package org.mergetomix.report;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mergetomix.report.chart.Box;
import org.mergetomix.report.chart.Chart;
import org.mergetomix.report.chart.Chart.Anchor;
import org.mergetomix.report.chart.Figures;
import org.mergetomix.report.chart.Labels;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.table.PreflightRecord;

/** Where in the model each expert moved: a row a dataset, a column a layer, stronger for more. */
final class LayerMap {

  private static final double NAME_ROOM = 112;
  private static final double ROW = 24;
  private static final double TEXT_ROOM = Chart.TEXT_HEIGHT + 4;
  private static final double GAP = 8;
  private static final double WIDEST = 56;
  private static final int LONGEST_NAME = 13;
  private static final int MOST_NUMBERS = 12;

  private LayerMap() {}

  /**
   * A column.
   *
   * @param name as the figures have it
   * @param stack what it is a layer of; empty outside of layers
   * @param number within its stack
   */
  private record Column(String name, String stack, int number) {

    static Column of(String name) {
      int dot = name.lastIndexOf('.');
      String number = name.substring(dot + 1);
      return dot > 0 && number.chars().allMatch(Character::isDigit)
          ? new Column(name, name.substring(0, dot), Integer.parseInt(number))
          : new Column(name, "", 0);
    }
  }

  static void draw(Markup page, PreflightRecord figures) {
    List<Column> columns = columns(figures);
    double[] lefts = new double[columns.size()];
    int stacks = (int) columns.stream().map(Column::stack).distinct().count();
    double width =
        Math.min(WIDEST, (Chart.WIDTH - NAME_ROOM - (stacks - 1) * GAP) / columns.size());
    double left = NAME_ROOM;
    for (int i = 0; i < lefts.length; i++) {
      boolean begins = i > 0 && !columns.get(i).stack().equals(columns.get(i - 1).stack());
      left += begins ? GAP : 0;
      lefts[i] = left;
      left += width;
    }
    double bottom = 4 + figures.experts().size() * ROW;
    Chart chart =
        Chart.open(
            page,
            "chart-layers",
            bottom + 2 * TEXT_ROOM + 6,
            "Drift by layer",
            "The greatest drift of a layer is " + Figures.percent(greatest(figures)) + ".");
    int row = 0;
    for (String dataset : figures.experts().keySet()) {
      drawRow(chart, figures, dataset, columns, lefts, width, 4 + row * ROW);
      row++;
    }
    drawAxis(chart, columns, lefts, width, bottom);
    chart.close();
  }

  /** The greatest finite drift of any layer. */
  static double greatest(PreflightRecord figures) {
    return figures.experts().values().stream()
        .flatMap(expert -> expert.layers().values().stream())
        .mapToDouble(Double::doubleValue)
        .filter(Double::isFinite)
        .max()
        .orElse(0);
  }

  private static List<Column> columns(PreflightRecord figures) {
    Set<String> names = new TreeSet<>();
    figures.experts().values().forEach(expert -> names.addAll(expert.layers().keySet()));
    return names.stream()
        .map(Column::of)
        .sorted(Comparator.comparing(Column::stack).thenComparing(Column::number))
        .toList();
  }

  private static void drawRow(
      Chart chart,
      PreflightRecord figures,
      String dataset,
      List<Column> columns,
      double[] lefts,
      double width,
      double top) {
    chart.text("name", Anchor.START, 0, top + ROW / 2 + 4, Labels.fit(dataset, LONGEST_NAME));
    double greatest = greatest(figures);
    for (int i = 0; i < lefts.length; i++) {
      String layer = columns.get(i).name();
      double drift = figures.experts().get(dataset).layers().getOrDefault(layer, 0.0);
      chart.openGroup("tied", dataset + ", " + layer + ": " + Figures.percent(drift));
      boolean shown = Double.isFinite(drift) && greatest > 0;
      chart.cell(shown ? drift / greatest : 0, new Box(lefts[i], top, width, ROW));
      chart.closeGroup();
    }
  }

  private static void drawAxis(
      Chart chart, List<Column> columns, double[] lefts, double width, double bottom) {
    int every = (columns.size() + MOST_NUMBERS - 1) / MOST_NUMBERS;
    for (int i = 0; i < lefts.length; i++) {
      Column column = columns.get(i);
      if (!column.stack().isEmpty() && column.number() % every == 0) {
        chart.text(
            "tick",
            Anchor.MIDDLE,
            lefts[i] + width / 2,
            bottom + TEXT_ROOM - 4,
            String.valueOf(column.number()));
      }
    }
    chart.text("axis", Anchor.START, NAME_ROOM, bottom + 2 * TEXT_ROOM - 4, axis(columns));
  }

  private static String axis(List<Column> columns) {
    String stacks =
        columns.stream()
            .map(Column::stack)
            .filter(stack -> !stack.isEmpty())
            .distinct()
            .collect(Collectors.joining(", then "));
    String outside = columns.stream().anyMatch(column -> column.stack().isEmpty()) ? "other" : "";
    return Stream.of(outside, stacks)
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(", then "));
  }
}
