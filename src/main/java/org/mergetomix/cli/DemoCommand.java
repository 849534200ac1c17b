package org.mergetomix.cli;

import java.nio.file.Path;
import java.util.List;
import org.mergetomix.config.Configuration;
import org.mergetomix.demo.Example;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.spark.FidelityAction;
import org.mergetomix.spark.FineTuneAction;
import org.mergetomix.spark.ReportAction;
import org.mergetomix.spark.SearchAction;
import org.mergetomix.spark.Session;
import picocli.CommandLine;

@CommandLine.Command(
    name = "demo",
    description =
        "Runs the embedded example from beginning to end: which languages help Catalan? It writes "
            + "the example's files, then does what finetune, search and fidelity do.")
final class DemoCommand extends SessionCommand {

  @CommandLine.Option(
      names = "--directory",
      paramLabel = "DIRECTORY",
      defaultValue = "merge-to-mix-demo",
      description = "Where everything is written; ${DEFAULT-VALUE} when not given.")
  private Path directory;

  DemoCommand(Console console) {
    super(console);
  }

  @Override
  Configuration configuration() {
    return options()
        .configuration(
            List.of(
                "manifest=" + directory.resolve("manifest.conf"),
                "output=" + new Example(directory).run()));
  }

  @Override
  ExitCode run(Session session, Configuration configuration) {
    console().line("Which languages help Catalan? Names from Unicode CLDR, a Llama of 99 k");
    console().line("parameters, 8 languages to choose from, so 255 mixtures. First a base,");
    console().line("pre-trained on 12 languages, then an expert for each of the 8.");
    new Example(directory)
        .prepare(session.spark(), options().changed(Example.PRETRAINING), console());
    Manifest manifest = RunOptions.manifest(session, configuration);
    FineTuneCommand.print(
        console(), new FineTuneAction(session.spark(), manifest, configuration, console()).run());
    SearchAction.Result search =
        new SearchAction(session.spark(), manifest, configuration, console()).run();
    SearchCommand.print(console(), search);
    FidelityAction.Result fidelity =
        new FidelityAction(session.spark(), manifest, configuration, console()).run();
    Location report = new ReportAction(session.spark(), configuration).run();
    FidelityCommand.print(console(), fidelity);
    console().line("Everything: %s", directory);
    console().line("Report: %s", report);
    return search.record().counts().failed() == 0 ? ExitCode.DONE : ExitCode.PARTIAL;
  }
}
