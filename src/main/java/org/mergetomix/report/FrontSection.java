package org.mergetomix.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.mergetomix.report.chart.Bounds;
import org.mergetomix.report.chart.Chart;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.Figures;
import org.mergetomix.report.chart.Legend;
import org.mergetomix.report.chart.Mark;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Plot;
import org.mergetomix.report.chart.Table;
import org.mergetomix.report.chart.Table.Column;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;
import org.mergetomix.table.FrontPlace;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RunRecord.WeightedTask;

/** Which mixtures are best for some trade-off between the tasks, where there are several. */
final class FrontSection {

  private FrontSection() {}

  /** Writes the section, where there is more than one task. */
  static void write(Markup page, ReportContent content) {
    List<RankedRow> best = content.front().best();
    List<WeightedTask> tasks = content.run().search().objective().tasks();
    if (best.isEmpty() || tasks.size() < 2) {
      return;
    }
    page.open("section").newLine().line("h2", "Trade-off between the tasks");
    page.line(
        "p",
        "No mixture is as good on every task, and better on one, than "
            + (content.front().members() == 1
                ? best.get(0).mixture() + ": there is nothing to trade. "
                : Figures.count(content.front().members()) + " mixtures, the Pareto front. ")
            + tied(content.front().tied()));
    if (tasks.size() == 2) {
      writeChart(page, content, tasks.get(0), tasks.get(1));
    }
    writeTable(page, best, tasks);
    page.line(
        "p",
        "A mixture is tied with the front where no mixture of that is better on every task by more "
            + "than 1.96 errors, on the same examples. Ranks are those by the objective, the "
            + content.run().search().objective().description()
            + ".",
        "class",
        "note");
    page.closeLine();
  }

  private static String tied(long tied) {
    return switch ((int) Math.min(2, tied)) {
      case 0 -> "None of the others is tied with it.";
      case 1 -> "One more is tied with it.";
      default -> Figures.count(tied) + " more are tied with it.";
    };
  }

  private static void writeChart(
      Markup page, ReportContent content, WeightedTask first, WeightedTask second) {
    List<RankedRow> rows = content.front().rows();
    List<RankedRow> best = content.front().best();
    page.open("figure").newLine();
    Plot plot =
        Plot.open(
            page,
            "chart-front",
            "Scores on " + first.task() + " and on " + second.task(),
            "On the front: "
                + Figures.count(best.size(), "mixture")
                + ", the first by the objective "
                + best.get(0).mixture()
                + ".",
            bounds(rows, first),
            bounds(rows, second));
    plot.drawAxes(axis(first), axis(second));
    drawFront(plot, best, first, second);
    Decimals ofFirst = decimals(rows, first);
    Decimals ofSecond = decimals(rows, second);
    for (int i = rows.size() - 1; i >= 0; i--) {
      RankedRow row = rows.get(i);
      double x = score(row, first).value();
      double y = score(row, second).value();
      plot.chart()
          .openGroup(
              style(row.front()),
              row.mixture() + ": " + ofFirst.format(x) + ", " + ofSecond.format(y));
      plot.drawMark(mark(row.front()), x, y);
      plot.chart().closeGroup();
    }
    plot.close();
    Legend.write(
        page,
        List.of(
            new Legend.Entry(Mark.DIAMOND, "lead", "on the front"),
            new Legend.Entry(Mark.DOT, "tied", "tied with it"),
            new Legend.Entry(Mark.RING, "plain", "behind")));
    page.closeLine();
  }

  /** A line through the front, which says nothing of what lies between two mixtures. */
  private static void drawFront(
      Plot plot, List<RankedRow> best, WeightedTask first, WeightedTask second) {
    StringBuilder path = new StringBuilder();
    best.stream()
        .sorted(Comparator.comparingDouble(row -> score(row, first).value()))
        .forEach(
            row ->
                path.append(path.isEmpty() ? "M" : "L")
                    .append(Chart.number(plot.x(score(row, first).value())))
                    .append(" ")
                    .append(Chart.number(plot.y(score(row, second).value()))));
    plot.chart().curve(path.toString());
  }

  private static void writeTable(Markup page, List<RankedRow> best, List<WeightedTask> tasks) {
    List<Column> columns = new ArrayList<>();
    columns.add(Column.number("Rank"));
    columns.add(Column.id("Mixture"));
    tasks.forEach(task -> columns.add(Column.number(axis(task))));
    List<List<String>> cells = new ArrayList<>();
    for (RankedRow row : best) {
      List<String> line = new ArrayList<>();
      line.add(Long.toString(row.rank().orElseThrow()));
      line.add(row.mixture());
      tasks.forEach(task -> line.add(decimals(best, task).format(score(row, task))));
      cells.add(line);
    }
    Table.write(page, "The Pareto front", columns, cells);
  }

  /** Tasks of other units are of other sizes. */
  private static Decimals decimals(List<RankedRow> rows, WeightedTask task) {
    return Decimals.of(rows.stream().map(row -> score(row, task)).toList());
  }

  private static Bounds bounds(List<RankedRow> rows, WeightedTask task) {
    return Bounds.of(
        rows.stream().map(row -> new Estimate(score(row, task).value(), Double.NaN)).toList());
  }

  private static Estimate score(RankedRow row, WeightedTask task) {
    return row.taskScores().get(task.task());
  }

  private static String axis(WeightedTask task) {
    return "%s, %s, %s"
        .formatted(
            task.task(),
            task.measure().unit(),
            task.measure().direction() == Direction.LOWER_IS_BETTER
                ? "lower is better"
                : "higher is better");
  }

  private static String style(FrontPlace place) {
    return switch (place) {
      case FRONT -> "lead";
      case TIED -> "tied";
      default -> "plain";
    };
  }

  private static Mark mark(FrontPlace place) {
    return switch (place) {
      case FRONT -> Mark.DIAMOND;
      case TIED -> Mark.DOT;
      default -> Mark.RING;
    };
  }
}
