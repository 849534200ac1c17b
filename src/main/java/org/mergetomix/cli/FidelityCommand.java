package org.mergetomix.cli;

import java.util.Locale;
import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.spark.FidelityAction;
import org.mergetomix.spark.ReportAction;
import org.mergetomix.spark.Session;
import org.mergetomix.statistics.Correlation;
import org.mergetomix.statistics.Fidelity;
import org.mergetomix.table.Confirmation;
import picocli.CommandLine;

@CommandLine.Command(
    name = "fidelity",
    description =
        "Really fine-tunes the winner and some other mixtures of a finished search, and says how "
            + "far the ranking can be trusted.")
final class FidelityCommand extends SessionCommand {

  FidelityCommand(Console console) {
    super(console);
  }

  @Override
  ExitCode run(Session session, Configuration configuration) {
    FidelityAction.Result result =
        new FidelityAction(
                session.spark(),
                RunOptions.manifest(session, configuration),
                configuration,
                console())
            .run();
    Location report = new ReportAction(session.spark(), configuration).run();
    print(console(), result);
    console().line("Report: %s", report);
    track(session, configuration);
    return ExitCode.DONE;
  }

  static void print(Console console, FidelityAction.Result result) {
    console.line("");
    if (result.fidelity().isEmpty()) {
      console.line(
          "Fidelity: not measured, it takes at least %d mixtures of two or more datasets that saw"
              + " every example.",
          Fidelity.FEWEST_MIXTURES);
    }
    result.fidelity().ifPresent(fidelity -> print(console, fidelity));
    String unit = result.record().search().objective().unit();
    for (Confirmation confirmation : result.record().fidelity().confirmations()) {
      boolean winner = confirmation.label().equals("winner");
      console.line(
          "On the confirm examples: %-26s %s %s%s",
          confirmation.label(),
          Console.text(confirmation.score()),
          unit,
          winner ? "" : gain(confirmation));
    }
    console.explain(result.record().fidelity().confirmations().stream().map(Confirmation::score));
    console.line("The winner, really fine-tuned: %s", result.winner());
    console.warnings(result.warnings());
  }

  private static void print(Console console, Fidelity fidelity) {
    console.line(
        "Fidelity over %d mixtures really fine-tuned: Pearson %s, Spearman %s, Kendall %s.",
        fidelity.mixtures(),
        text(fidelity.pearson()),
        text(fidelity.spearman()),
        text(fidelity.kendall()));
    console.line(
        "The choice is %.2f %% worse than the best real one; top quarters overlap by %.0f %%.",
        100 * fidelity.relativeRegret(), 100 * fidelity.topQuarterOverlap());
  }

  private static String text(Correlation correlation) {
    return String.format(
        Locale.ROOT,
        "%.3f (%.3f to %.3f)",
        correlation.value(),
        correlation.interval().low(),
        correlation.interval().high());
  }

  private static String gain(Confirmation confirmation) {
    return ", winner better by " + Console.text(confirmation.winnerGain());
  }
}
