package org.mergetomix.report;

import java.util.List;
import org.mergetomix.report.chart.Figures;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Table;
import org.mergetomix.report.chart.Table.Column;

/** What the run spent and what it saved. */
final class CostSection {

  private CostSection() {}

  static void write(Markup page, Cost cost) {
    page.open("section").newLine().line("h2", "Cost");
    page.line(
        "p",
        Figures.count(cost.trainingsSaved(), "training")
            + " saved. Merging took "
            + Figures.percent(cost.mergeShare())
            + " of the time of evaluating.");
    Table.write(
        page,
        "Cost",
        List.of(Column.text("What"), Column.number("How much")),
        List.of(
            List.of("Mixtures evaluated", Figures.count(cost.mixturesEvaluated())),
            List.of("Experts trained", Figures.count(cost.expertsTrained())),
            List.of("Mixtures really fine-tuned", Figures.count(cost.realTrainings())),
            List.of("Trainings saved", Figures.count(cost.trainingsSaved())),
            List.of("Merging", Figures.duration(cost.mergeSeconds())),
            List.of("Evaluating", Figures.duration(cost.evaluateSeconds())),
            List.of("Training", Figures.duration(cost.trainingSeconds())),
            List.of("From start to end", Figures.duration(cost.wallSeconds()))));
    page.line(
        "p",
        "Merging, evaluating and training are summed over tasks, which run side by side.",
        "class",
        "note");
    page.closeLine();
  }
}
