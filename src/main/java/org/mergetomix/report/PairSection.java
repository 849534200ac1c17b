package org.mergetomix.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.Figures;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Table;
import org.mergetomix.report.chart.Table.Column;
import org.mergetomix.score.Estimate;
import org.mergetomix.statistics.attribution.ScoreModel;
import org.mergetomix.statistics.attribution.ScoreModel.Basis;
import org.mergetomix.table.Interaction;

/** What any two datasets do together, and which can stand in for which. */
final class PairSection {

  /** From here on one dataset is said to replace another. */
  private static final double REPLACES = 0.5;

  /** As many as a cell has room for. */
  private static final Decimals IN_CELLS = new Decimals(3);

  private PairSection() {}

  /** Writes the section, where interactions are known. */
  static void write(Markup page, ReportContent content) {
    Optional<ScoreModel> model = content.model().filter(one -> !one.interactions().isEmpty());
    if (model.isPresent()) {
      page.open("section").newLine().line("h2", "What datasets do together");
      write(page, content, model.get());
      page.closeLine();
    }
  }

  private static void write(Markup page, ReportContent content, ScoreModel model) {
    List<Interaction> pairs = model.interactions();
    page.line(
        "p",
        "How much more (above 0) or less (below 0) one dataset helps where the other is there "
            + "already, in "
            + content.unit().name()
            + ". "
            + basis(model.basis()));
    Decimals decimals = decimals(pairs);
    page.open("figure").newLine();
    map(pairs)
        .draw(page, "chart-pairs", "Interactions between datasets", extremes(pairs, decimals));
    page.closeLine();
    writeReplacements(page, pairs, decimals);
  }

  private static String basis(Basis basis) {
    return basis == Basis.EXACT
        ? "Exact for these examples, since every mixture was evaluated."
        : "From the surface; ± are 1.96 errors, each four times the surface’s own, which is too "
            + "sure of itself.";
  }

  private static PairMap map(List<Interaction> pairs) {
    TreeSet<String> datasets = new TreeSet<>();
    Map<List<String>, Double> values = new HashMap<>();
    double greatest = 0;
    for (Interaction pair : pairs) {
      datasets.add(pair.first());
      datasets.add(pair.second());
      values.put(List.of(pair.first(), pair.second()), pair.gain().value());
      values.put(List.of(pair.second(), pair.first()), pair.gain().value());
      greatest = Math.max(greatest, Math.abs(pair.gain().value()));
    }
    return new PairMap(
        List.copyOf(datasets),
        (one, other) -> values.get(List.of(one, other)),
        greatest > 0 ? greatest : 1,
        "helps",
        IN_CELLS);
  }

  private static String extremes(List<Interaction> pairs, Decimals decimals) {
    Comparator<Interaction> byGain = Comparator.comparingDouble(pair -> pair.gain().value());
    Interaction most = pairs.stream().max(byGain).orElseThrow();
    Interaction least = pairs.stream().min(byGain).orElseThrow();
    return "Most together: " + words(most, decimals) + ". Least: " + words(least, decimals) + ".";
  }

  private static String words(Interaction pair, Decimals decimals) {
    return pair.first() + " and " + pair.second() + ", " + text(pair.gain(), decimals);
  }

  private static void writeReplacements(Markup page, List<Interaction> pairs, Decimals decimals) {
    List<List<String>> rows =
        pairs.stream()
            .filter(pair -> !pair.gain().hasError() || isBeyondError(pair.gain()))
            .flatMap(
                pair ->
                    Stream.of(
                        new Replacement(pair.first(), pair.second(), pair.firstReplaced(), pair),
                        new Replacement(pair.second(), pair.first(), pair.secondReplaced(), pair)))
            .filter(one -> one.share() >= REPLACES)
            .sorted(Comparator.comparingDouble(one -> -one.share()))
            .map(
                one ->
                    List.of(
                        one.dataset(),
                        one.by(),
                        one.share() < 1 ? Figures.percent(one.share()) : "100\u00A0% or more",
                        text(one.pair().gain(), decimals)))
            .toList();
    if (rows.isEmpty()) {
      page.line(
          "p",
          "None is seen to replace another: to lose half of its gain or more beside it, by an "
              + "interaction beyond its error.");
      return;
    }
    page.line(
        "p",
        "Which can replace which: beside the second dataset, the first has lost so much of what it"
            + " gains without it, by an interaction beyond its error. 100 % or more: it adds"
            + " nothing any more.");
    List<Column> columns = new ArrayList<>();
    columns.add(Column.id("Dataset"));
    columns.add(Column.id("Replaced by"));
    columns.add(Column.number("Share of its gain"));
    columns.add(Column.number("Interaction"));
    Table.write(page, "Which datasets can replace which", columns, rows);
  }

  private static boolean isBeyondError(Estimate gain) {
    return Math.abs(gain.value()) > gain.margin();
  }

  private record Replacement(String dataset, String by, double share, Interaction pair) {}

  private static Decimals decimals(List<Interaction> pairs) {
    return Decimals.of(pairs.stream().map(Interaction::gain).toList());
  }

  private static String text(Estimate gain, Decimals decimals) {
    return gain.hasError() ? decimals.formatSigned(gain) : decimals.formatSigned(gain.value());
  }
}
