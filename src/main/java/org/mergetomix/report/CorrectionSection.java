package org.mergetomix.report;

import java.util.List;
import java.util.stream.Stream;
import org.mergetomix.report.chart.Bounds;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.Figures;
import org.mergetomix.report.chart.Legend;
import org.mergetomix.report.chart.Mark;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Plot;
import org.mergetomix.report.chart.Table;
import org.mergetomix.report.chart.Table.Column;
import org.mergetomix.score.Estimate;
import org.mergetomix.statistics.Fidelity;
import org.mergetomix.statistics.correction.CorrectedScores;
import org.mergetomix.statistics.correction.CorrectedScores.Expected;
import org.mergetomix.table.CorrectedRow;

/** What real trainings say of the mixtures that were not trained. */
final class CorrectionSection {

  private static final int MOST_ROWS = 12;
  private static final Decimals COEFFICIENT = new Decimals(3);
  private static final Decimals SCORE = new Decimals(4);

  private CorrectionSection() {}

  /** Writes the section, where there were enough trainings. */
  static void write(Markup page, ReportContent content) {
    if (content.correction().isPresent()) {
      page.open("section").newLine().line("h2", "Corrected by the trainings");
      write(page, content, content.correction().get());
      page.closeLine();
    }
  }

  private static void write(Markup page, ReportContent content, CorrectedScores correction) {
    String unit = content.unit().name();
    page.line(
        "p",
        "Surrogates miss the scores of "
            + Figures.count(correction.trainings().size(), "real training")
            + " by "
            + SCORE.format(correction.errorBefore())
            + " "
            + unit
            + " (root mean square). A correction from the other trainings misses them by "
            + SCORE.format(correction.errorAfter())
            + (correction.applied() ? ", so it is applied." : ", so it is not applied.")
            + spearman(content)
            + seeds(content, unit));
    writeChart(page, content, correction);
    if (correction.applied()) {
      writeTable(page, correction.rows());
      page.line(
          "p",
          "Corrected scores are predictions: what a mixture should score if it were really trained."
              + " A single dataset’s surrogate is its trained model, so nothing is corrected"
              + " there.",
          "class",
          "note");
    }
  }

  private static String spearman(ReportContent content) {
    return content.fidelity().isPresent() && content.corrected().isPresent()
        ? " Spearman is "
            + of(content.fidelity().get())
            + " before, and "
            + of(content.corrected().get())
            + " after it."
        : "";
  }

  private static String of(Fidelity fidelity) {
    return COEFFICIENT.format(fidelity.spearman().value());
  }

  private static String seeds(ReportContent content, String unit) {
    Double deviation = content.run().fidelity().figures().get("seed_deviation");
    return deviation == null
        ? ""
        : " From seed to seed, the score of a training moves by "
            + SCORE.format(deviation)
            + " "
            + unit
            + " (one deviation): no correction can be closer than that.";
  }

  private static void writeChart(Markup page, ReportContent content, CorrectedScores correction) {
    Bounds across =
        Bounds.of(
            correction.trainings().stream()
                .flatMap(one -> Stream.of(of(one.surrogate()), of(one.expected())))
                .toList());
    Bounds upright = Bounds.of(correction.trainings().stream().map(one -> of(one.real())).toList());
    page.open("figure").newLine();
    Plot plot =
        Plot.open(
            page,
            "chart-corrected",
            "Predicted and measured scores of real trainings",
            "Each is predicted without knowing its own training.",
            across,
            upright);
    plot.drawAxes("predicted, " + content.unit().name(), "measured, " + content.unit().describe());
    double low = Math.max(across.low(), upright.low());
    double high = Math.min(across.high(), upright.high());
    if (low < high) {
      plot.chart().line("reference", plot.x(low), plot.y(low), plot.x(high), plot.y(high));
    }
    for (Expected one : correction.trainings()) {
      draw(plot, one, "plain", Mark.RING, one.surrogate(), "surrogate");
      draw(plot, one, "lead", Mark.DIAMOND, one.expected(), "corrected");
    }
    plot.close();
    Legend.write(
        page,
        List.of(
            new Legend.Entry(Mark.RING, "plain", "by the surrogate"),
            new Legend.Entry(Mark.DIAMOND, "lead", "by the correction")));
    page.closeLine();
  }

  private static void draw(
      Plot plot, Expected one, String style, Mark mark, double predicted, String by) {
    plot.chart()
        .openGroup(
            style,
            one.mixture()
                + ": "
                + by
                + " "
                + SCORE.format(predicted)
                + ", really "
                + SCORE.format(one.real()));
    plot.drawMark(mark, predicted, one.real());
    plot.chart().closeGroup();
  }

  private static void writeTable(Markup page, List<CorrectedRow> rows) {
    Table.write(
        page,
        "The best mixtures by their corrected scores",
        List.of(
            Column.number("Corrected rank"),
            Column.id("Mixture"),
            Column.number("Corrected score"),
            Column.number("Surrogate"),
            Column.number("Rank"),
            Column.number("Really")),
        rows.stream()
            .limit(MOST_ROWS)
            .map(
                row ->
                    List.of(
                        Long.toString(row.correctedRank()),
                        row.mixture(),
                        row.corrected().hasError()
                            ? SCORE.format(row.corrected())
                            : SCORE.format(row.corrected().value()),
                        SCORE.format(row.score()),
                        Long.toString(row.rank()),
                        SCORE.format(row.real())))
            .toList());
  }

  private static Estimate of(double value) {
    return new Estimate(value, Double.NaN);
  }
}
