package org.mergetomix.cli;

import java.util.List;
import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.spark.Session;
import org.mergetomix.spark.VocabularyAction;
import org.mergetomix.tensor.TensorNames;
import picocli.CommandLine;

@CommandLine.Command(
    name = "vocabulary",
    description =
        "Writes the base with the tokens that experts added to its vocabulary, as a folder to give "
            + "as the base, with vocabulary = union for their datasets.")
final class VocabularyCommand extends SessionCommand {

  private static final int SHOWN = 10;

  @CommandLine.Mixin private TargetFolder target;

  VocabularyCommand(Console console) {
    super(console);
  }

  @Override
  String afterInterruption() {
    return target.afterInterruption();
  }

  @Override
  ExitCode run(Session session, Configuration configuration) {
    Location folder = target.location();
    List<String> added =
        new VocabularyAction(
                session.spark(), RunOptions.manifest(session, configuration), configuration)
            .run(folder);
    console().line("Base with %s more tokens: %s", added.size(), folder);
    added.stream().limit(SHOWN).forEach(token -> console().line("  %s", TensorNames.shown(token)));
    if (added.size() > SHOWN) {
      console().line("  and %s more", added.size() - SHOWN);
    }
    console()
        .line("Give it as base.checkpoint, and its experts vocabulary = union in the manifest.");
    return ExitCode.DONE;
  }
}
