package org.mergetomix.report;

import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.mergetomix.report.chart.Bounds;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.Figures;
import org.mergetomix.report.chart.Mark;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Plot;
import org.mergetomix.score.Estimate;
import org.mergetomix.statistics.attribution.ScoreModel;
import org.mergetomix.statistics.attribution.ScoreModel.Predicted;

/** Whether a surface of the scores predicts mixtures that it has not seen. */
final class ModelSection {

  private static final Decimals SHARE = new Decimals(3);

  private ModelSection() {}

  static void write(Markup page, ReportContent content) {
    page.open("section").newLine().line("h2", "Can scores be predicted?");
    if (content.model().isPresent()) {
      write(page, content, content.model().get());
    } else {
      page.line(
          "p",
          "A surface, a model of the scores over merge weights, takes two more mixtures than there "
              + "are datasets, and scores that differ.");
    }
    page.closeLine();
  }

  private static void write(Markup page, ReportContent content, ScoreModel model) {
    page.line(
        "p",
        "A surface, "
            + model.surface()
            + ", predicts each of "
            + Figures.count(model.mixtures(), "mixture")
            + " from the others with an R² of "
            + SHARE.format(model.explained())
            + " (1 is perfect, 0 no better than the mean)."
            + others(content.run().surface().rivals()));
    List<Estimate> expected = model.predictions().stream().map(one -> of(one.expected())).toList();
    List<Estimate> measured = model.predictions().stream().map(one -> of(one.measured())).toList();
    Bounds across = Bounds.of(expected);
    Bounds upright = Bounds.of(measured);
    page.open("figure").newLine();
    Plot plot =
        Plot.open(
            page,
            "chart-predicted",
            "Predicted and measured scores",
            "R² " + SHARE.format(model.explained()) + " over mixtures that were left out.",
            across,
            upright);
    plot.drawAxes(
        "predicted from the other mixtures, " + content.unit().name(),
        "measured, " + content.unit().describe());
    double low = Math.max(across.low(), upright.low());
    double high = Math.min(across.high(), upright.high());
    if (low < high) {
      plot.chart().line("reference", plot.x(low), plot.y(low), plot.x(high), plot.y(high));
    }
    Decimals decimals = Decimals.of(measured);
    for (int i = 0; i < measured.size(); i++) {
      Predicted one = model.predictions().get(i);
      plot.chart()
          .openGroup(
              i == 0 ? "lead" : "plain",
              one.mixture()
                  + ": predicted "
                  + decimals.format(one.expected())
                  + ", measured "
                  + decimals.format(one.measured()));
      plot.drawMark(i == 0 ? Mark.DIAMOND : Mark.DOT, one.expected(), one.measured());
      plot.chart().closeGroup();
    }
    plot.close();
    page.closeLine();
    page.line(
        "p",
        "On the line, prediction and measurement agree. Only measured scores are ranked.",
        "class",
        "note");
    SurfaceMap.write(page, content, model);
  }

  /** How well other kinds of surface do it, as the search found. */
  private static String others(SortedMap<String, Double> rivals) {
    return rivals.isEmpty()
        ? ""
        : rivals.entrySet().stream()
            .map(rival -> rival.getKey() + " " + SHARE.format(rival.getValue()))
            .collect(Collectors.joining(", ", " Other kinds: ", "."));
  }

  private static Estimate of(double value) {
    return new Estimate(value, Double.NaN);
  }
}
