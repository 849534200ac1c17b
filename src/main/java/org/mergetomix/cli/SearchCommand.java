package org.mergetomix.cli;

import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.spark.ReportAction;
import org.mergetomix.spark.SearchAction;
import org.mergetomix.spark.Session;
import org.mergetomix.table.RunRecord;
import picocli.CommandLine;

@CommandLine.Command(
    name = "search",
    description =
        "Evaluates mixtures by their surrogates, all of them or those that a strategy chooses, and "
            + "ranks them. Started again after it was killed, it goes on where it stopped.")
final class SearchCommand extends SessionCommand {

  SearchCommand(Console console) {
    super(console);
  }

  @Override
  ExitCode run(Session session, Configuration configuration) {
    SearchAction.Result result =
        new SearchAction(
                session.spark(),
                RunOptions.manifest(session, configuration),
                configuration,
                console())
            .run();
    Location report = new ReportAction(session.spark(), configuration).run();
    print(console(), result);
    console().line("Report: %s", report);
    track(session, configuration);
    return result.record().counts().failed() == 0 ? ExitCode.DONE : ExitCode.PARTIAL;
  }

  static void print(Console console, SearchAction.Result result) {
    RunRecord record = result.record();
    RunRecord.Counts counts = record.counts();
    console.line("");
    console.line(
        "%,d mixtures evaluated (%,d now), %,d failed.",
        counts.evaluated(), result.evaluatedNow(), counts.failed());
    if (result.reused() > 0) {
      console.line("%,d mixtures were taken over from other runs.", result.reused());
    }
    if (result.seen().raced()) {
      console.line(
          "They raced: %,d saw every example, and all together %.1f %% of the examples.",
          result.seen().whole(), 100 * result.seen().share());
    }
    if (counts.refined() > 0) {
      console.line("%,d of them are ratios, refined from the best.", counts.refined());
    }
    if (!counts.coversSpace()) {
      RunRecord.Ended ended = record.search().ended();
      console.line(
          "They are some of %s possible ones, and only they are ranked: %s ended because %s.",
          counts.possible(), ended.strategy(), ended.reason());
    }
    if (!result.top().isEmpty()) {
      if (record.seconds().evaluate() > 0) {
        console.line(
            "Merging took %.1f %% of evaluating.",
            100 * record.seconds().merge() / record.seconds().evaluate());
      }
      TopTable.print(console, result.top(), record.search().objective().unit());
      console.line("");
      SearchAnswer.lines(result).forEach(line -> console.line("%s", line));
      SearchAnswer.front(result.front()).ifPresent(line -> console.line("%s", line));
      SearchAnswer.baselines(result.baselines()).forEach(line -> console.line("%s", line));
    }
    console.line("");
    console.line("Ranked digest: %s", record.rankedDigest());
    console.warnings(result.warnings());
    record.preflight().warnings().forEach(warning -> console.line("Warning: %s", warning));
  }
}
