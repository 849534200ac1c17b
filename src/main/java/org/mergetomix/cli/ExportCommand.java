package org.mergetomix.cli;

import org.mergetomix.config.Configuration;
import org.mergetomix.folder.Companions;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.spark.ExportAction;
import org.mergetomix.spark.Session;
import picocli.CommandLine;

@CommandLine.Command(
    name = "export",
    description =
        "Writes the surrogate of one mixture as a folder that Hugging Face reads, with a model "
            + "card, a mixture manifest for trainers and, where there is an equivalent, the YAML "
            + "for mergekit.")
final class ExportCommand extends SessionCommand {

  @CommandLine.Option(
      names = "--mixture",
      required = true,
      paramLabel = "ID",
      description = "The mixture, as the ranked table names it: es+fr+it, or es:0.5+fr:0.5.")
  private String mixture;

  @CommandLine.Mixin private TargetFolder to;

  @CommandLine.Option(
      names = "--with-code",
      description =
          "Copy the Python files of the base's folder too, for a model that brings its own code.")
  private boolean withCode;

  ExportCommand(Console console) {
    super(console);
  }

  @Override
  String afterInterruption() {
    return to.afterInterruption();
  }

  @Override
  ExitCode run(Session session, Configuration configuration) {
    Location target = to.location();
    ExportAction.Result result =
        new ExportAction(
                session.spark(), RunOptions.manifest(session, configuration), configuration)
            .run(
                Mixture.parse(mixture),
                target,
                withCode ? Companions.Code.TAKEN : Companions.Code.LEFT);
    console().line("Surrogate of %s: %s", mixture, target);
    console().line("For a trainer: %s", target.child("mixture.json"));
    if (result.withoutMergekit().isEmpty()) {
      console().line("The same for mergekit: %s", target.child("mergekit.yaml"));
    } else {
      console().line("No YAML for mergekit: %s.", String.join("; ", result.withoutMergekit()));
    }
    if (!result.codeLeft().isEmpty()) {
      console()
          .line(
              "Code that the base brings was left there: %s. --with-code copies it.",
              String.join(", ", result.codeLeft()));
    }
    return ExitCode.DONE;
  }
}
