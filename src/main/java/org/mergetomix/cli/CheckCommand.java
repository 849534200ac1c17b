package org.mergetomix.cli;

import org.mergetomix.config.Configuration;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.spark.CheckAction;
import org.mergetomix.spark.Session;
import picocli.CommandLine;

@CommandLine.Command(
    name = "check",
    description = "Checks manifest, configuration, checkpoints and data, and writes nothing.")
final class CheckCommand extends SessionCommand {

  CheckCommand(Console console) {
    super(console);
  }

  @Override
  ExitCode run(Session session, Configuration configuration) {
    CheckAction.Result result =
        new CheckAction(session.spark(), RunOptions.manifest(session, configuration), configuration)
            .run();
    console().line("In order: %d datasets, %,d mixtures.", result.datasets(), result.mixtures());
    if (!result.missingExperts().isEmpty()) {
      console()
          .line(
              "Still to be fine-tuned, with finetune: %s.",
              String.join(", ", result.missingExperts()));
    }
    console().warnings(result.warnings());
    return ExitCode.DONE;
  }
}
