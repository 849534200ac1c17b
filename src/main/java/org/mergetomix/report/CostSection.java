package org.mergetomix.report;

import java.util.List;
import org.mergetomix.report.chart.Figures;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Table;
import org.mergetomix.report.chart.Table.Column;
import org.mergetomix.table.RunRecord;

/**
 * What the run spent and what it saved: the trainings that trying each evaluated mixture would have
 * needed, less those that were made. Each dataset has an expert, whether trained now, before, or
 * given.
 */
final class CostSection {

  private CostSection() {}

  static void write(Markup page, RunRecord run) {
    long experts = run.run().datasets().size();
    long evaluated = run.counts().evaluated();
    long trained = run.counts().trained();
    long saved = Math.max(0, evaluated - experts - trained);
    RunRecord.Seconds seconds = run.seconds();
    page.open("section").newLine().line("h2", "Cost");
    page.line(
        "p",
        Figures.count(saved, "training")
            + " saved. Merging took "
            + Figures.percent(mergeShare(seconds))
            + " of the time of evaluating.");
    Table.write(
        page,
        "Cost",
        List.of(Column.text("What"), Column.number("How much")),
        List.of(
            List.of("Mixtures evaluated", Figures.count(evaluated)),
            List.of("Experts trained", Figures.count(experts)),
            List.of("Mixtures really fine-tuned", Figures.count(trained)),
            List.of("Trainings saved", Figures.count(saved)),
            List.of("Merging", Figures.duration(seconds.merge())),
            List.of("Evaluating", Figures.duration(seconds.evaluate())),
            List.of("Training", Figures.duration(seconds.training())),
            List.of("From start to end", Figures.duration(seconds.wall()))));
    page.line(
        "p",
        "Merging, evaluating and training are summed over tasks, which run side by side.",
        "class",
        "note");
    page.closeLine();
  }

  /** Merging as a share of evaluating; NaN when nothing was evaluated. */
  private static double mergeShare(RunRecord.Seconds seconds) {
    return seconds.evaluate() > 0 ? seconds.merge() / seconds.evaluate() : Double.NaN;
  }
}
