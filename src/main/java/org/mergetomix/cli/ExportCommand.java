package org.mergetomix.cli;

import java.nio.file.Path;
import org.mergetomix.config.Configuration;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.spark.ExportAction;
import org.mergetomix.spark.Session;
import picocli.CommandLine;

@CommandLine.Command(
    name = "export",
    description =
        "Writes the surrogate of one mixture as a folder that Hugging Face reads, with a mixture "
            + "manifest for a trainer and, where there is an equivalent, the YAML for mergekit.")
final class ExportCommand extends SessionCommand {

  @CommandLine.Option(
      names = "--mixture",
      required = true,
      paramLabel = "ID",
      description = "The mixture, as the ranked table names it: es+fr+it, or es:0.5+fr:0.5.")
  private String mixture;

  @CommandLine.Option(
      names = "--to",
      required = true,
      paramLabel = "FOLDER",
      description = "The folder to write, which must not exist.")
  private Path target;

  ExportCommand(Console console) {
    super(console);
  }

  @Override
  ExitCode run(Session session, Configuration configuration) {
    ExportAction.Result result =
        new ExportAction(
                session.spark(), RunOptions.manifest(session, configuration), configuration)
            .run(Mixture.parse(mixture), target);
    console().line("Surrogate of %s: %s", mixture, target);
    console().line("For a trainer: %s", target.resolve("mixture.json"));
    if (result.withoutMergekit().isEmpty()) {
      console().line("The same for mergekit: %s", target.resolve("mergekit.yaml"));
    } else {
      console().line("No YAML for mergekit: %s.", String.join("; ", result.withoutMergekit()));
    }
    return ExitCode.DONE;
  }
}
