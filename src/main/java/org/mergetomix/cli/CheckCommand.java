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

  @CommandLine.Option(
      names = "--deep",
      description =
          "Also reads every checkpoint whole, and says how far the experts moved and how much they "
              + "agree: whether their merges can stand for fine-tuned models.")
  private boolean deep;

  CheckCommand(Console console) {
    super(console);
  }

  @Override
  ExitCode run(Session session, Configuration configuration) {
    CheckAction check =
        new CheckAction(
            session.spark(), RunOptions.manifest(session, configuration), configuration);
    CheckAction.Result result = check.run();
    console().line("In order: %d datasets, %s.", result.datasets(), result.search().describe());
    if (!result.missingExperts().isEmpty()) {
      console()
          .line(
              "Still to be fine-tuned, with finetune: %s.",
              String.join(", ", result.missingExperts()));
    }
    MemoryTable.print(console(), result.memory());
    result.training().ifPresent(training -> MemoryTable.print(console(), training));
    console().warnings(result.warnings());
    if (deep) {
      PreflightTable.print(console(), check.measure());
      check.retention().ifPresent(found -> RetentionLines.print(console(), found));
    }
    return ExitCode.DONE;
  }
}
