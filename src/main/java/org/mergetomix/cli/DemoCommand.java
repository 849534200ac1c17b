package org.mergetomix.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.mergetomix.config.Configuration;
import org.mergetomix.demo.CorpusExample;
import org.mergetomix.demo.Example;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.spark.DivideAction;
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

  @CommandLine.Option(
      names = "--corpus",
      description =
          "Mix the languages into one corpus first, and divide it: how many of them are found "
              + "again, and which parts help Catalan?")
  private boolean corpus;

  DemoCommand(Console console) {
    super(console);
  }

  @Override
  Configuration configuration() {
    if (corpus) {
      return options().configuration(new CorpusExample(directory).settings());
    }
    return options()
        .configuration(
            List.of(
                "manifest=" + directory.resolve("manifest.conf"),
                "output=" + new Example(directory).run()));
  }

  @Override
  ExitCode run(Session session, Configuration configuration) {
    return corpus ? runCorpus(session, configuration) : runExample(session, configuration);
  }

  /** Up to the search: what its answer is worth is the other example's concern. */
  private ExitCode runCorpus(Session session, Configuration configuration) {
    console().line("Which parts of a corpus help Catalan? Names of 8 languages from Unicode CLDR,");
    console()
        .line("16 of one language in a row, in one file; what language a row is of is not said.");
    CorpusExample example = new CorpusExample(directory);
    prepare(session);
    example.prepare();
    if (!example.isDivided(configuration)) {
      example.discardDivision();
      DivideCommand.print(
          console(),
          new DivideAction(session.spark(), configuration, console()).run(example.divided()));
      example.rememberDivision(configuration);
    }
    print(example.recovery(session.spark()));
    Configuration divided = options().configuration(example.settingsOfParts());
    Manifest manifest = RunOptions.manifest(session, divided);
    FineTuneCommand.print(
        console(), new FineTuneAction(session.spark(), manifest, divided, console()).run());
    SearchAction.Result search =
        new SearchAction(session.spark(), manifest, divided, console()).run();
    SearchCommand.print(console(), search);
    console().line("Report: %s", new ReportAction(session.spark(), divided).run());
    return search.record().counts().failed() == 0 ? ExitCode.DONE : ExitCode.PARTIAL;
  }

  private void print(CorpusExample.Recovery recovery) {
    console().line("");
    console().line("Planted languages found again:");
    recovery
        .parts()
        .forEach(
            (part, languages) ->
                console()
                    .line(
                        "%s  %s",
                        part,
                        languages.entrySet().stream()
                            .sorted(
                                Map.Entry.<String, Long>comparingByValue()
                                    .reversed()
                                    .thenComparing(Map.Entry.comparingByKey()))
                            .map(language -> language.getKey() + " " + language.getValue())
                            .collect(Collectors.joining(", "))));
    console().line("Purity: %.3f", recovery.purity());
  }

  private void prepare(Session session) {
    new Example(directory)
        .prepare(session.spark(), options().changed(Example.PRETRAINING), console());
  }

  private ExitCode runExample(Session session, Configuration configuration) {
    console().line("Which languages help Catalan? Names from Unicode CLDR, a Llama of 99 k");
    console().line("parameters, 8 languages to choose from, so 255 mixtures. First a base,");
    console().line("pre-trained on 12 languages, then an expert for each of the 8.");
    prepare(session);
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
