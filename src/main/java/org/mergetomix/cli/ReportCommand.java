package org.mergetomix.cli;

import org.mergetomix.config.Configuration;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.spark.ReportAction;
import org.mergetomix.spark.Session;
import picocli.CommandLine;

@CommandLine.Command(
    name = "report",
    description = "Writes report.html anew from the files of a run.")
final class ReportCommand extends SessionCommand {

  ReportCommand(Console console) {
    super(console);
  }

  @Override
  ExitCode run(Session session, Configuration configuration) {
    console().line("Report: %s", new ReportAction(session.spark(), configuration).run());
    track(session, configuration);
    return ExitCode.DONE;
  }
}
