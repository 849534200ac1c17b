package org.mergetomix.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.report.chart.Box;
import org.mergetomix.report.chart.Chart;
import org.mergetomix.report.chart.Chart.Anchor;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.Figures;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.statistics.attribution.ScoreModel;

/**
 * What the surface expects over the weights of two datasets; what is left of 1 is shared out as the
 * best mixture shares it among the others.
 */
final class SurfaceMap {

  private static final int STEPS = 10;
  private static final double LEFT = 62;
  private static final double TOP = 24;
  private static final double CELL = 28;
  private static final double BOTTOM = TOP + (STEPS + 1) * CELL;
  private static final Decimals SCORE = new Decimals(4);

  private final String first;
  private final String second;
  private final List<Cell> cells;

  /** The weights of the two in steps, and what is expected of the mixture. */
  private record Cell(int first, int second, double expected) {}

  private SurfaceMap(String first, String second, List<Cell> cells) {
    this.first = first;
    this.second = second;
    this.cells = cells;
  }

  /** Draws the map, where there are two datasets for it. */
  static void write(Markup page, ReportContent content, ScoreModel model) {
    List<String> pair = content.mapped();
    if (pair.size() == 2 && !model.predictions().isEmpty()) {
      of(model, pair.get(0), pair.get(1)).write(page, content);
    }
  }

  private static SurfaceMap of(ScoreModel model, String first, String second) {
    Map<String, Double> others =
        others(model.predictions().get(0).mixture(), model.datasets(), first, second);
    List<Cell> cells = new ArrayList<>();
    for (int one = 0; one <= STEPS; one++) {
      for (int other = 0; one + other <= STEPS; other++) {
        Map<String, Double> weights = new TreeMap<>();
        put(weights, first, one);
        put(weights, second, other);
        int rest = STEPS - one - other;
        others.forEach((dataset, share) -> put(weights, dataset, rest * share));
        double expected = model.expected().applyAsDouble(Mixture.weighted(weights));
        cells.add(new Cell(one, other, expected));
      }
    }
    return new SurfaceMap(first, second, cells);
  }

  private static void put(Map<String, Double> weights, String dataset, double weight) {
    if (weight > 0) {
      weights.put(dataset, weight);
    }
  }

  /** The shares of the best mixture among the others; equal ones where it has none of them. */
  private static Map<String, Double> others(
      Mixture best, List<String> datasets, String first, String second) {
    Map<String, Double> shares = new TreeMap<>();
    best.datasets().forEach(dataset -> shares.put(dataset, best.weight(dataset)));
    shares.keySet().removeAll(List.of(first, second));
    if (shares.isEmpty()) {
      datasets.forEach(dataset -> shares.put(dataset, 1.0));
      shares.keySet().removeAll(List.of(first, second));
    }
    double sum = shares.values().stream().mapToDouble(Double::doubleValue).sum();
    shares.replaceAll((dataset, share) -> share / sum);
    return shares;
  }

  private void write(Markup page, ReportContent content) {
    Comparator<Cell> bestFirst = Comparator.comparing(Cell::expected, content.unit().bestFirst());
    Cell most = cells.stream().min(bestFirst).orElseThrow();
    double worst = cells.stream().max(bestFirst).orElseThrow().expected();
    double span = Math.abs(worst - most.expected());
    String message =
        "The surface expects most of "
            + words(most)
            + ": "
            + SCORE.format(most.expected())
            + ", and least "
            + SCORE.format(worst)
            + ".";
    page.line(
        "p",
        "Over the weights of "
            + first
            + " and "
            + second
            + ", what is left of 1 shared among the others as the best mixture shares it. "
            + message);
    page.open("figure").newLine();
    Chart chart =
        Chart.open(page, "chart-surface", BOTTOM + 42, "The surface over two datasets", message);
    for (Cell cell : cells) {
      chart.openGroup(
          cell.equals(most) ? "lead" : "tied",
          words(cell) + ": " + SCORE.format(cell.expected()) + " expected");
      chart.cell(
          span > 0 ? Math.abs(worst - cell.expected()) / span : 0,
          new Box(LEFT + cell.first() * CELL, TOP + (STEPS - cell.second()) * CELL, CELL, CELL));
      if (cell.equals(most)) {
        chart.text("value", Anchor.MIDDLE, x(cell.first()), y(cell.second()) + 4, "best");
      }
      chart.closeGroup();
    }
    for (int step = 0; step <= STEPS; step += STEPS / 2) {
      String tick = new Decimals(1).format((double) step / STEPS);
      chart.text("tick", Anchor.MIDDLE, x(step), BOTTOM + 16, tick);
      chart.text("tick", Anchor.END, LEFT - 6, y(step) + 4, tick);
    }
    chart.text("axis", Anchor.START, 0, 13, "weight of " + second);
    chart.text("axis", Anchor.END, LEFT + (STEPS + 1) * CELL, BOTTOM + 36, "weight of " + first);
    chart.close();
    page.line("figcaption", "Predictions, the stronger the better; none of them is ranked.");
    page.closeLine();
  }

  private String words(Cell cell) {
    return Figures.percent((double) cell.first() / STEPS)
        + " "
        + first
        + " and "
        + Figures.percent((double) cell.second() / STEPS)
        + " "
        + second;
  }

  private static double x(int step) {
    return LEFT + (step + 0.5) * CELL;
  }

  private static double y(int step) {
    return TOP + (STEPS - step + 0.5) * CELL;
  }
}
