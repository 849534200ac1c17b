package org.mergetomix.report;

import java.util.List;
import java.util.Optional;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Table;
import org.mergetomix.report.chart.Table.Column;
import org.mergetomix.table.Confirmation;

/** The winner and its baselines, really fine-tuned, on examples that had no part in the choice. */
final class ConfirmationSection {

  private static final String WINNER = "winner";
  private static final String BASE = "base";

  private ConfirmationSection() {}

  static void write(Markup page, ReportContent content) {
    page.open("section").newLine().line("h2", "The winner, really fine-tuned");
    if (content.confirmations().isEmpty()) {
      page.line(
          "p",
          "Not confirmed yet: the fidelity command fine-tunes the winner and its baselines and "
              + "scores them on examples that had no part in the choice.");
    } else {
      writeScores(page, content);
    }
    page.closeLine();
  }

  private static void writeScores(Markup page, ReportContent content) {
    List<Confirmation> confirmations = content.confirmations();
    Decimals decimals = Decimals.of(confirmations.stream().map(Confirmation::score).toList());
    Optional<Confirmation> winner = find(confirmations, WINNER);
    Optional<Confirmation> base = find(confirmations, BASE);
    page.line(
        "p",
        "On the confirm half, examples that had no part in the choice"
            + (winner.isPresent() && base.isPresent()
                ? ", the winner scores "
                    + decimals.format(winner.get().score().value())
                    + " "
                    + content.unit().name()
                    + "; the base scores "
                    + decimals.format(base.get().score().value())
                    + "."
                : "."));
    Table.write(
        page,
        "The winner and its baselines",
        List.of(
            Column.text("Model"),
            Column.id("Mixture"),
            Column.number("Score, " + content.unit().name()),
            Column.number("Winner’s gain over it")),
        confirmations.stream()
            .map(
                confirmation ->
                    List.of(
                        confirmation.label(),
                        confirmation.mixture().isEmpty() ? "–" : confirmation.mixture(),
                        decimals.format(confirmation.score()),
                        confirmation.label().equals(WINNER)
                            ? "–"
                            : decimals.formatSigned(confirmation.winnerGain())))
            .toList());
    if (!content.run().counts().coversSpace()) {
      page.line(
          "p",
          "Random mixtures are drawn from those that were evaluated. The search chose these, so "
              + "they are better than mixtures at random.",
          "class",
          "note");
    }
    UnknownErrors.explain(page, confirmations.stream().map(Confirmation::score));
  }

  private static Optional<Confirmation> find(List<Confirmation> confirmations, String label) {
    return confirmations.stream().filter(found -> found.label().equals(label)).findFirst();
  }
}
