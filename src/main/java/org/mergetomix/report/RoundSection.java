package org.mergetomix.report;

import java.util.ArrayList;
import java.util.List;
import org.mergetomix.report.chart.Bounds;
import org.mergetomix.report.chart.Chart;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.Legend;
import org.mergetomix.report.chart.Mark;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Plot;
import org.mergetomix.report.chart.Table;
import org.mergetomix.report.chart.Table.Column;
import org.mergetomix.surface.proposal.RoundPromise;

/** What each round of a search promised, and what it found. */
final class RoundSection {

  /** Of fewer there is nothing to follow. */
  private static final int FEWEST = 3;

  private static final Decimals SCORE = new Decimals(4);

  private RoundSection() {}

  /** Writes the section, where a search went on round by round. */
  static void write(Markup page, ReportContent content) {
    List<RoundPromise> rounds = content.rounds();
    if (rounds.size() < FEWEST) {
      return;
    }
    page.open("section").newLine().line("h2", "Round by round");
    page.line(
        "p",
        "What a surface of the scores before each round expected it to improve the best by, and"
            + " what it did. A search with a surface ends when it promises little.");
    writeChart(page, content, rounds);
    writeTable(page, content, rounds);
    page.line(
        "p",
        "Looked at afterwards, by the scores as they are in the end: a search that raced saw them"
            + " on fewer examples.",
        "class",
        "note");
    page.closeLine();
  }

  private static void writeChart(Markup page, ReportContent content, List<RoundPromise> rounds) {
    page.open("figure").newLine();
    double most = 0;
    for (int i = 0; i < rounds.size(); i++) {
      most = Math.max(most, Math.max(rounds.get(i).promised().orElse(0), gained(rounds, i)));
    }
    RoundPromise last = rounds.get(rounds.size() - 1);
    Plot plot =
        Plot.open(
            page,
            "chart-rounds",
            "Expected improvement round by round",
            "The last round promised " + SCORE.format(last.promised().orElse(Double.NaN)) + ".",
            new Bounds(1, last.number()),
            new Bounds(0, most));
    plot.drawCountAxes("round", "improvement, " + content.unit().name());
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < rounds.size(); i++) {
      RoundPromise round = rounds.get(i);
      if (round.promised().isPresent()) {
        double promised = round.promised().getAsDouble();
        path.append(path.isEmpty() ? "M" : "L")
            .append(Chart.number(plot.x(round.number())))
            .append(" ")
            .append(Chart.number(plot.y(promised)));
        draw(plot, "lead", Mark.DIAMOND, round, promised, "promised");
        draw(plot, "plain", Mark.RING, round, gained(rounds, i), "gained");
      }
    }
    if (!path.isEmpty()) {
      plot.chart().curve(path.toString());
    }
    plot.close();
    Legend.write(
        page,
        List.of(
            new Legend.Entry(Mark.DIAMOND, "lead", "promised"),
            new Legend.Entry(Mark.RING, "plain", "gained")));
    page.closeLine();
  }

  private static void draw(
      Plot plot, String style, Mark mark, RoundPromise round, double value, String what) {
    plot.chart()
        .openGroup(style, "round " + round.number() + " " + what + " " + SCORE.format(value));
    plot.drawMark(mark, round.number(), value);
    plot.chart().closeGroup();
  }

  /** By how much the best got better in a round. */
  private static double gained(List<RoundPromise> rounds, int round) {
    return round == 0 ? 0 : rounds.get(round - 1).best() - rounds.get(round).best();
  }

  private static void writeTable(Markup page, ReportContent content, List<RoundPromise> rounds) {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < rounds.size(); i++) {
      RoundPromise round = rounds.get(i);
      rows.add(
          List.of(
              Integer.toString(round.number()),
              Integer.toString(round.mixtures()),
              SCORE.format(round.promised().orElse(Double.NaN)),
              i == 0 ? "–" : SCORE.format(gained(rounds, i)),
              SCORE.format(content.lowerIsBetter(round.best()))));
    }
    page.open("details").newLine().line("summary", "The rounds");
    Table.write(
        page,
        "What each round promised and gained",
        List.of(
            Column.number("Round"),
            Column.number("Mixtures"),
            Column.number("Promised"),
            Column.number("Gained"),
            Column.number("Best by then")),
        rows);
    page.closeLine();
  }
}
