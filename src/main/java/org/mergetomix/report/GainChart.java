package org.mergetomix.report;

import java.util.List;
import java.util.Optional;
import org.mergetomix.report.chart.Bounds;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.Figures;
import org.mergetomix.report.chart.LaneChart;
import org.mergetomix.report.chart.LaneChart.Lane;
import org.mergetomix.report.chart.LaneChart.Reference;
import org.mergetomix.report.chart.Mark;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Table;
import org.mergetomix.report.chart.Table.Column;
import org.mergetomix.score.Estimate;
import org.mergetomix.statistics.attribution.DatasetGain;
import org.mergetomix.statistics.attribution.ScoreModel;
import org.mergetomix.statistics.attribution.ScoreModel.Basis;

/** Each dataset's share in what all of them gain. */
final class GainChart {

  private GainChart() {}

  static void write(Markup page, ReportContent content, ScoreModel model) {
    Decimals decimals = Decimals.of(model.gains().stream().map(DatasetGain::shapley).toList());
    page.line(
        "p",
        "Each dataset’s share in what all of them together gain over the base (its Shapley value: "
            + "the mean gain when datasets join in a random order). "
            + basis(model));
    page.open("figure").newLine();
    LaneChart.draw(
        page,
        "chart-shapley",
        "Shapley value of each dataset",
        "From the most helpful, " + model.gains().get(0).dataset() + ", to the least.",
        model.gains().stream().map(gain -> lane(gain, model.basis(), decimals)).toList(),
        Optional.of(new Reference(0, "no gain")),
        "Shapley value in " + content.unit().name());
    page.closeLine();
    Decimals effects = Decimals.of(model.gains().stream().map(DatasetGain::mainEffect).toList());
    Table.write(
        page,
        "Shapley value and main effect of each dataset",
        List.of(
            Column.id("Dataset"),
            Column.number("Shapley value"),
            Column.number("Gain beside any others")),
        model.gains().stream()
            .map(
                gain ->
                    List.of(
                        gain.dataset(),
                        text(gain.shapley(), decimals),
                        text(gain.mainEffect(), effects)))
            .toList());
  }

  private static String basis(ScoreModel model) {
    return switch (model.basis()) {
      case EXACT -> "Exact for these examples, since every mixture was evaluated.";
      case SURFACE ->
          "From a surface of "
              + Figures.count(model.mixtures(), "mixture")
              + "; ± and the bars are 1.96 errors, each twice the surface’s own, which is too "
              + "sure of itself.";
      case ROUGH ->
          "From a surface of "
              + Figures.count(model.mixtures(), "mixture")
              + ", and rough: errors of a tenth to four tenths of the range are usual. They are "
              + "known to hold only where all but one of each dataset are evaluated too "
              + "(search.attribution = leave-one-out), with an R² of 0.97 or more.";
      case NONE -> "";
    };
  }

  private static Lane lane(DatasetGain gain, Basis basis, Decimals decimals) {
    Estimate shapley = gain.shapley();
    String figure = text(shapley, decimals);
    if (basis == Basis.ROUGH || Bounds.of(shapley).contains(0)) {
      return new Lane(gain.dataset(), figure, shapley, Mark.RING, "unclear");
    }
    return shapley.value() > 0
        ? new Lane(gain.dataset(), figure, shapley, Mark.TRIANGLE_UP, "helps")
        : new Lane(gain.dataset(), figure, shapley, Mark.TRIANGLE_DOWN, "harms");
  }

  /** With an error where one is known. */
  static String text(Estimate gain, Decimals decimals) {
    return gain.hasError() ? decimals.formatSigned(gain) : decimals.formatSigned(gain.value());
  }
}
