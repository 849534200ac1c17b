package org.mergetomix.cli;

import java.util.stream.Collectors;
import org.mergetomix.config.Configuration;
import org.mergetomix.executor.TrainingOutcome;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.spark.FineTuneAction;
import org.mergetomix.spark.Session;
import picocli.CommandLine;

@CommandLine.Command(
    name = "finetune",
    description = "Fine-tunes an expert for every dataset that has none yet.")
final class FineTuneCommand extends SessionCommand {

  FineTuneCommand(Console console) {
    super(console);
  }

  @Override
  ExitCode run(Session session, Configuration configuration) {
    FineTuneAction.Result result =
        new FineTuneAction(
                session.spark(),
                RunOptions.manifest(session, configuration),
                configuration,
                console())
            .run();
    print(console(), result);
    return ExitCode.DONE;
  }

  static void print(Console console, FineTuneAction.Result result) {
    for (TrainingOutcome.Origin origin : TrainingOutcome.Origin.values()) {
      String datasets =
          result.outcomes().stream()
              .filter(outcome -> outcome.origin() == origin)
              .map(TrainingOutcome::mixture)
              .collect(Collectors.joining(", "));
      if (!datasets.isEmpty()) {
        console.line(
            switch (origin) {
              case TRAINED -> "Experts fine-tuned: " + datasets;
              case REUSED -> "Experts there already, from the same inputs: " + datasets;
              case TAKEN_OVER -> "Experts of other runs taken over: " + datasets;
              case GIVEN -> "Experts given, and left as they are: " + datasets;
            });
      }
    }
    console.warnings(result.warnings());
  }
}
