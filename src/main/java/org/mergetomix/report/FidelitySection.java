package org.mergetomix.report;

import java.util.List;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.Figures;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Table;
import org.mergetomix.report.chart.Table.Column;
import org.mergetomix.statistics.Correlation;
import org.mergetomix.statistics.Fidelity;
import org.mergetomix.statistics.FidelityPoint;

/** Whether the order of surrogates is the order of models really fine-tuned. */
final class FidelitySection {

  /** From here on an order is good enough to choose by. */
  private static final double TRUSTED = 0.9;

  /** Below this an order says too little. */
  private static final double DOUBTFUL = 0.7;

  private static final Decimals COEFFICIENT = new Decimals(2);

  private FidelitySection() {}

  static void write(Markup page, ReportContent content) {
    page.open("section").newLine().line("h2", "Can the ranking be trusted?");
    if (content.fidelity().isPresent()) {
      writeFigures(page, content, content.fidelity().get());
    } else {
      page.line(
          "p",
          "Not measured yet: the fidelity command really fine-tunes some of the mixtures and "
              + "compares them with their surrogates.");
    }
    if (!content.fidelityPoints().isEmpty()) {
      FidelityChart.write(page, content);
      writeTable(page, content);
    }
    page.closeLine();
  }

  private static void writeFigures(Markup page, ReportContent content, Fidelity fidelity) {
    page.open("p").element("strong", verdict(fidelity.spearman()), "class", "verdict").closeLine();
    page.line(
        "p",
        Figures.count(fidelity.mixtures(), "mixture")
            + (fidelity.mixtures() == 1 ? " was" : " were")
            + " really fine-tuned and evaluated on the same examples as "
            + (fidelity.mixtures() == 1 ? "its surrogate." : "their surrogates."));
    Decimals scores =
        Decimals.of(content.fidelityPoints().stream().map(FidelityPoint::real).toList());
    page.open("ul").newLine();
    page.line(
        "li",
        "The surrogates’ best quarter holds "
            + Figures.percent(fidelity.topQuarterOverlap())
            + " of the really best quarter.");
    page.line(
        "li",
        fidelity.regret() > 0
            ? "The mixture that the surrogates put first is really "
                + scores.format(fidelity.regret())
                + " "
                + content.scoreUnit()
                + " ("
                + Figures.percent(fidelity.relativeRegret())
                + ") worse than the best one that was fine-tuned."
            : "The mixture that the surrogates put first is really the best of those fine-tuned.");
    page.closeLine();
    Table.write(
        page,
        "Correlation of surrogate and real scores",
        List.of(
            Column.text("Correlation"),
            Column.number("Value"),
            Column.number(
                Figures.percent(fidelity.spearman().interval().confidence()) + " interval"),
            Column.text("Asks whether")),
        List.of(
            row("Spearman", fidelity.spearman(), "both put the mixtures in the same order"),
            row("Kendall", fidelity.kendall(), "any two mixtures are in the same order"),
            row("Pearson", fidelity.pearson(), "the scores lie on a line")));
    page.line(
        "p",
        "Only the order of mixtures is claimed: a surrogate’s score is not a forecast of the real "
            + "score. With a Spearman of 0.90 or more, choose by the ranking; between 0.70 and "
            + "0.90, trust large gaps only and fine-tune several of the top; below 0.70, do not "
            + "choose by it.",
        "class",
        "note");
  }

  private static String verdict(Correlation spearman) {
    String value = "Spearman " + COEFFICIENT.format(spearman.value());
    if (!Double.isFinite(spearman.value())) {
      return "The order cannot be judged: all scores of one side are equal.";
    }
    String doubt =
        spearman.value() >= TRUSTED && spearman.interval().low() < TRUSTED
            ? " The interval reaches below 0.90; more mixtures would make this surer."
            : "";
    if (spearman.value() >= TRUSTED) {
      return value + ": the order of the surrogates can be trusted for choosing." + doubt;
    }
    if (spearman.value() >= DOUBTFUL) {
      return value + ": trust large gaps only, and fine-tune several of the top mixtures.";
    }
    return value + ": the surrogates are no basis for a choice here.";
  }

  private static List<String> row(String name, Correlation correlation, String question) {
    String interval =
        COEFFICIENT.format(correlation.interval().low())
            + " to "
            + COEFFICIENT.format(correlation.interval().high());
    return List.of(name, COEFFICIENT.format(correlation.value()), interval, question);
  }

  private static void writeTable(Markup page, ReportContent content) {
    List<FidelityPoint> points = content.fidelityPoints();
    Decimals surrogates = Decimals.of(points.stream().map(FidelityPoint::surrogate).toList());
    Decimals reals = Decimals.of(points.stream().map(FidelityPoint::real).toList());
    page.open("details").newLine().line("summary", "The mixtures really fine-tuned");
    Table.write(
        page,
        "The mixtures really fine-tuned",
        List.of(
            Column.id("Mixture"),
            Column.text("Picked as"),
            Column.number("Surrogate"),
            Column.number("Really fine-tuned")),
        points.stream()
            .map(
                point ->
                    List.of(
                        point.mixture(),
                        point.role(),
                        surrogates.format(point.surrogate()),
                        reals.format(point.real())))
            .toList());
    page.closeLine();
  }
}
