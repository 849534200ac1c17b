package org.mergetomix.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mergetomix.report.chart.Bounds;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.Figures;
import org.mergetomix.report.chart.LaneChart;
import org.mergetomix.report.chart.LaneChart.Lane;
import org.mergetomix.report.chart.LaneChart.Reference;
import org.mergetomix.report.chart.Legend;
import org.mergetomix.report.chart.Mark;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Table;
import org.mergetomix.report.chart.Table.Column;
import org.mergetomix.score.Estimate;
import org.mergetomix.table.RankInterval;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RowStatus;

/** The best mixtures, and which of them the examples cannot tell apart. */
final class TopSection {

  private static final int MOST_LANES = 12;

  /** How far the base may stretch the axis before the mixtures become too small to compare. */
  private static final double MOST_STRETCH = 3;

  private static final String BEST = "best";
  private static final String TIED = "tied with the best";
  private static final String WORSE = "worse";
  private static final String UNKNOWN = "cannot be told";

  private TopSection() {}

  static void write(Markup page, ReportContent content) {
    List<RankedRow> ranked =
        content.top().stream().filter(row -> row.status() == RowStatus.OK).toList();
    page.open("section").newLine().line("h2", "Top mixtures");
    if (ranked.isEmpty()) {
      page.line("p", "No mixture has a score; the table says why.");
    } else {
      page.line("p", tiedSentence(ranked, content.mixtures() - content.failed()));
      writeChart(page, content, ranked);
      writeNote(page, ranked);
    }
    if (!content.top().isEmpty()) {
      writeTable(page, content);
    }
    page.closeLine();
  }

  private static void writeNote(Markup page, List<RankedRow> ranked) {
    UnknownErrors.explain(page, ranked.stream().map(RankedRow::score));
    page.line(
        "p",
        "± and the bars are 1.96 standard errors, a 95 % interval over the choice of examples. "
            + "The gap to the best is measured on the same examples, which is sharper than "
            + "comparing two bars. A mixture is tied with the best where its gap is less than "
            + "1.96 times the gap’s own error. Ranks are those of 95 % of draws of other examples.",
        "class",
        "note");
  }

  private static String tiedSentence(List<RankedRow> ranked, long all) {
    long tied = ranked.stream().filter(row -> TIED.equals(verdict(row))).count();
    String shown =
        ranked.size() < all
            ? "The " + ranked.size() + " best of " + Figures.count(all) + " ranked mixtures. "
            : "All " + ranked.size() + " ranked mixtures. ";
    if (tied == 0) {
      return shown + "None of the others is tied with the best.";
    }
    String more = tied == ranked.size() - 1 && ranked.size() < all ? ", and there may be more" : "";
    return shown
        + tied
        + (tied == 1 ? " of them is" : " of them are")
        + " statistically tied with the best"
        + more
        + ".";
  }

  private static String verdict(RankedRow row) {
    if (row.rank().orElse(0) == 1) {
      return BEST;
    }
    if (!Double.isFinite(row.gap().value()) || !Double.isFinite(row.gap().standardError())) {
      return UNKNOWN;
    }
    return !row.dropped() && row.gap().value() < row.gap().margin() ? TIED : WORSE;
  }

  private static void writeChart(Markup page, ReportContent content, List<RankedRow> ranked) {
    List<RankedRow> drawn = ranked.subList(0, Math.min(MOST_LANES, ranked.size()));
    Decimals decimals = Decimals.of(drawn.stream().map(RankedRow::score).toList());
    List<Lane> lanes = drawn.stream().map(row -> lane(row, decimals)).toList();
    Optional<Double> base = content.base().map(Estimate::value).filter(Double::isFinite);
    Bounds bounds = Bounds.of(drawn.stream().map(RankedRow::score).toList());
    Optional<Double> near =
        base.filter(value -> bounds.including(value).span() <= MOST_STRETCH * bounds.span());

    page.open("figure").newLine();
    LaneChart.draw(
        page,
        "chart-top",
        "Scores of the best mixtures",
        "Best on top. First is " + drawn.get(0).mixture() + " with " + lanes.get(0).figure() + ".",
        lanes,
        near.map(value -> new Reference(value, "base " + decimals.format(value))),
        content.unit().describe());
    Legend.write(
        page,
        List.of(
            new Legend.Entry(Mark.DIAMOND, "lead", BEST),
            new Legend.Entry(Mark.DOT, "tied", TIED),
            new Legend.Entry(Mark.RING, "plain", WORSE)));
    if (base.isPresent() && near.isEmpty()) {
      page.line(
          "figcaption",
          "The base scores " + decimals.format(base.get()) + ", too far away for this axis.");
    }
    page.closeLine();
  }

  private static Lane lane(RankedRow row, Decimals decimals) {
    String figure = decimals.format(row.score());
    return switch (verdict(row)) {
      case BEST -> new Lane(row.mixture(), figure, row.score(), Mark.DIAMOND, "lead");
      case TIED -> new Lane(row.mixture(), figure, row.score(), Mark.DOT, "tied");
      default -> new Lane(row.mixture(), figure, row.score(), Mark.RING, "plain");
    };
  }

  private static String text(RankInterval interval) {
    return interval.low() == interval.high()
        ? Long.toString(interval.low())
        : interval.low() + " to " + interval.high();
  }

  private static void writeTable(Markup page, ReportContent content) {
    List<RankedRow> rows = content.top();
    List<String> tasks =
        rows.stream()
            .flatMap(row -> row.taskScores().keySet().stream())
            .distinct()
            .sorted()
            .toList();
    boolean eachTask = tasks.size() > 1;
    List<Column> columns = new ArrayList<>();
    boolean intervals = rows.stream().anyMatch(row -> row.interval().isPresent());
    columns.add(Column.number("Rank"));
    if (intervals) {
      columns.add(Column.number("95 % of ranks"));
    }
    columns.add(Column.id("Mixture"));
    columns.add(Column.number("Datasets"));
    columns.add(Column.number("Score, " + content.unit().name()));
    if (eachTask) {
      tasks.forEach(task -> columns.add(Column.number(task)));
    }
    columns.add(Column.number("Gap to the best"));
    columns.add(Column.text("Verdict"));

    Decimals scores = Decimals.of(rows.stream().map(RankedRow::score).toList());
    Decimals gaps = Decimals.of(rows.stream().map(RankedRow::gap).toList());
    List<List<String>> cells = new ArrayList<>();
    for (RankedRow row : rows) {
      List<String> line = new ArrayList<>();
      line.add(row.rank().isPresent() ? Long.toString(row.rank().getAsLong()) : "–");
      if (intervals) {
        line.add(row.interval().map(TopSection::text).orElse("–"));
      }
      line.add(row.mixture());
      line.add(Integer.toString(row.size()));
      line.add(scores.format(row.score()));
      if (eachTask) {
        for (String task : tasks) {
          Optional<Estimate> score = Optional.ofNullable(row.taskScores().get(task));
          line.add(score.map(scores::format).orElse("–"));
        }
      }
      boolean failed = row.status() == RowStatus.FAILED;
      line.add(failed || BEST.equals(verdict(row)) ? "–" : gaps.format(row.gap()));
      line.add(failed ? "failed: " + row.error() : verdict(row));
      cells.add(line);
    }
    Table.write(page, "Top mixtures", columns, cells);
  }
}
