package org.mergetomix.cli;

import java.util.List;
import org.mergetomix.config.Configuration;
import org.mergetomix.evaluation.TrainingSample;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
import org.mergetomix.spark.Session;
import org.mergetomix.spark.ShowAction;
import picocli.CommandLine;

@CommandLine.Command(
    name = "show",
    description =
        "Shows rows of a dataset as a model is trained on them: rendered, a bar between tokens, "
            + "what is trained in brackets.")
final class ShowCommand extends SessionCommand {

  @CommandLine.Option(
      names = "--dataset",
      required = true,
      paramLabel = "ID",
      description = "The dataset, as the manifest names it.")
  private String dataset;

  @CommandLine.Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many rows, from the first on; ${DEFAULT-VALUE} without it.")
  private int rows;

  ShowCommand(Console console) {
    super(console);
  }

  @Override
  ExitCode run(Session session, Configuration configuration) {
    if (rows < 1) {
      throw UserException.usage("--rows must be at least 1, not " + rows, "", "");
    }
    TrainingSample sample =
        new ShowAction(session.spark(), RunOptions.manifest(session, configuration), configuration)
            .run(dataset, rows);
    for (TrainingSample.Row row : sample.rows()) {
      print(row);
    }
    console().line("%,d examples in %s.", sample.counts().kept(), dataset);
    console().warnings(sample.counts().warnings(dataset));
    return ExitCode.DONE;
  }

  private void print(TrainingSample.Row row) {
    if (row.windows().isEmpty()) {
      console().line("%s: nothing of it is trained on", row.place());
    }
    for (List<TrainingSample.Token> window : row.windows()) {
      long trained =
          window.stream().filter(token -> token.part() == TrainingSample.Part.TRAINED).count();
      console().line("%s: %,d tokens, %,d trained on", row.place(), window.size(), trained);
      console().line("%s", marked(window));
    }
  }

  /** Tokens with a bar between them, and brackets around those that are trained on. */
  private static String marked(List<TrainingSample.Token> window) {
    StringBuilder text = new StringBuilder();
    TrainingSample.Part before = TrainingSample.Part.CONTEXT;
    for (int i = 0; i < window.size(); i++) {
      TrainingSample.Token token = window.get(i);
      if (token.part() != before) {
        text.append(before == TrainingSample.Part.CONTEXT ? "⟦" : "⟧");
      } else if (i > 0) {
        text.append('|');
      }
      text.append(token.text());
      before = token.part();
    }
    return text.append(before == TrainingSample.Part.TRAINED ? "⟧" : "").toString();
  }
}
