package org.mergetomix.report;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.mergetomix.preflight.Preflight;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.Figures;
import org.mergetomix.report.chart.Legend;
import org.mergetomix.report.chart.Mark;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Table;
import org.mergetomix.report.chart.Table.Column;

/** How far the experts moved and how much they agree: whether their merges can be trusted. */
final class PreflightSection {

  private PreflightSection() {}

  static void write(Markup page, Preflight figures) {
    if (!figures.measured()) {
      return;
    }
    page.open("section").newLine().line("h2", "Can these experts stand for their datasets?");
    page.line(
        "p",
        "Measured before the search. Merged models are known to stand for fine-tuned ones while"
            + " each expert stays within about "
            + Figures.percent(figures.driftLimit())
            + " of the base and no two move alike.");
    writeWarnings(page, figures.warnings());
    writeDrift(page, figures);
    if (figures.experts().size() > 1) {
      writeCosines(page, figures);
    }
    writeLayers(page, figures);
    writeTable(page, figures);
    page.closeLine();
  }

  private static void writeWarnings(Markup page, List<String> warnings) {
    if (warnings.isEmpty()) {
      page.line("p", "Nothing to warn of.");
      return;
    }
    page.open("ul").newLine();
    warnings.forEach(warning -> page.line("li", warning));
    page.closeLine();
  }

  private static void writeDrift(Markup page, Preflight figures) {
    page.open("figure").newLine();
    DriftChart.draw(page, figures);
    page.line(
        "figcaption", "Drift: the norm of each expert's delta, as a share of the base's norm.");
    page.closeLine();
  }

  private static void writeCosines(Markup page, Preflight figures) {
    page.open("figure").newLine();
    CosineMap.draw(
        page,
        "Cosines between the experts' deltas",
        List.copyOf(figures.experts().keySet()),
        figures::cosine);
    Legend.write(
        page,
        List.of(
            new Legend.Entry(Mark.SQUARE, "tied", "moved the same way (cosine 1)"),
            new Legend.Entry(Mark.SQUARE, "harms", "against each other (−1)")));
    page.line(
        "figcaption",
        "Cosine between the deltas of two experts: a row and a column meet. Faint is good: neither"
            + " repeats nor undoes the other.");
    page.closeLine();
  }

  private static void writeLayers(Markup page, Preflight figures) {
    page.open("figure").newLine();
    LayerMap.draw(page, figures);
    page.line(
        "figcaption",
        "Drift by layer; the strongest cell is "
            + Figures.percent(LayerMap.greatest(figures))
            + ". Other: embeddings, output, and what else is outside of layers.");
    page.closeLine();
  }

  private static void writeTable(Markup page, Preflight figures) {
    Table.write(
        page,
        "How far each expert moved",
        List.of(
            Column.id("Dataset"),
            Column.number("Drift"),
            Column.number("Parameters moved"),
            Column.text("Most alike"),
            Column.text("Most drift in")),
        figures.experts().entrySet().stream()
            .map(
                expert ->
                    List.of(
                        expert.getKey(),
                        Figures.percent(expert.getValue().drift()),
                        Figures.percent(expert.getValue().movedShare()),
                        mostAlike(figures, expert.getKey()),
                        mostDrift(expert.getValue())))
            .toList());
  }

  private static String mostAlike(Preflight figures, String dataset) {
    return figures.experts().keySet().stream()
        .filter(other -> !other.equals(dataset))
        .filter(other -> Double.isFinite(figures.cosine(dataset, other)))
        .max(Comparator.comparingDouble(other -> figures.cosine(dataset, other)))
        .map(other -> other + ", " + new Decimals(2).format(figures.cosine(dataset, other)))
        .orElse("–");
  }

  private static String mostDrift(Preflight.Movement expert) {
    return expert.layers().entrySet().stream()
        .filter(layer -> Double.isFinite(layer.getValue()))
        .max(Map.Entry.comparingByValue())
        .map(layer -> layer.getKey() + ", " + Figures.percent(layer.getValue()))
        .orElse("–");
  }
}
