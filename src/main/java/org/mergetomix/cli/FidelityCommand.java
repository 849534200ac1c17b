package org.mergetomix.cli;

import java.util.List;
import java.util.Optional;
import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
import org.mergetomix.spark.FidelityAction;
import org.mergetomix.spark.GivenFidelityAction;
import org.mergetomix.spark.NextTrainings;
import org.mergetomix.spark.ReportAction;
import org.mergetomix.spark.Session;
import org.mergetomix.table.Confirmation;
import org.mergetomix.table.RunRecord;
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

  @CommandLine.Option(
      names = "--next",
      paramLabel = "N",
      description =
          "Only say which N mixtures are worth a real training next: those that tell most about "
              + "the errors of all surrogates. Trains nothing.")
  private Optional<Integer> next = Optional.empty();

  @Override
  ExitCode run(Session session, Configuration configuration) {
    if (next.isPresent()) {
      printNext(session, configuration, next.get());
      return ExitCode.DONE;
    }
    Optional<Location> given = configuration.realScores();
    if (given.isPresent()) {
      GivenFidelityAction.Result result =
          new GivenFidelityAction(session.spark(), configuration, given.get()).run();
      Location report = new ReportAction(session.spark(), configuration).run();
      console().line("");
      FidelityLines.print(console(), result.results(), unit(result.record()));
      console().warnings(result.warnings());
      console().line("Report: %s", report);
      track(session, configuration);
      return ExitCode.DONE;
    }
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

  private void printNext(Session session, Configuration configuration, int count) {
    if (count < 1) {
      throw UserException.usage("--next must be at least 1, not " + count, "", "");
    }
    List<Mixture> mixtures = new NextTrainings(session.spark(), configuration).next(count);
    console()
        .line(
            mixtures.isEmpty()
                ? "No mixture is left to train."
                : "Worth a real training, the most telling first:");
    mixtures.forEach(mixture -> console().line("%s", mixture.id()));
  }

  static void print(Console console, FidelityAction.Result result) {
    console.line("");
    String unit = unit(result.record());
    FidelityLines.print(console, result.results(), unit);
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

  private static String unit(RunRecord record) {
    return record.search().objective().unit();
  }

  private static String gain(Confirmation confirmation) {
    return ", winner better by " + Console.text(confirmation.winnerGain());
  }
}
