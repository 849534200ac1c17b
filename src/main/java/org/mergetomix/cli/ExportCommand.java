package org.mergetomix.cli;

import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
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
      description =
          "The folder to write, which must not exist: of the driver's machine, or in a store as "
              + "s3a://bucket/folder.")
  private String to;

  ExportCommand(Console console) {
    super(console);
  }

  @Override
  ExitCode run(Session session, Configuration configuration) {
    Location target = target();
    ExportAction.Result result =
        new ExportAction(
                session.spark(), RunOptions.manifest(session, configuration), configuration)
            .run(Mixture.parse(mixture), target);
    console().line("Surrogate of %s: %s", mixture, target);
    console().line("For a trainer: %s", target.child("mixture.json"));
    if (result.withoutMergekit().isEmpty()) {
      console().line("The same for mergekit: %s", target.child("mergekit.yaml"));
    } else {
      console().line("No YAML for mergekit: %s.", String.join("; ", result.withoutMergekit()));
    }
    return ExitCode.DONE;
  }

  private Location target() {
    try {
      return Location.of(to);
    } catch (IllegalArgumentException malformed) {
      throw UserException.usage("Option --to " + malformed.getMessage(), "", "");
    }
  }
}
