package org.mergetomix.cli;

import org.mergetomix.config.Configuration;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.spark.RankAction;
import org.mergetomix.spark.Session;
import picocli.CommandLine;

@CommandLine.Command(
    name = "rank",
    description =
        "Ranks what a search evaluated by another objective, of objective.tasks and "
            + "objective.examples, without evaluating anything. The run stays as it is.")
final class RankCommand extends SessionCommand {

  RankCommand(Console console) {
    super(console);
  }

  @Override
  ExitCode run(Session session, Configuration configuration) {
    RankAction.Result result = new RankAction(session.spark(), configuration).run();
    console()
        .line(
            "%,d mixtures by %s%s.",
            result.mixtures(),
            result.objective().describe(),
            result.examples().isEmpty() ? "" : "; examples " + result.examples());
    long left = result.seen().total() - result.seen().whole();
    if (left > 0) {
      console()
          .line(
              "%,d of them left the race of the search, which was by its own objective, and rank"
                  + " after those that did not.",
              left);
    }
    if (result.unseen() > 0) {
      console()
          .line(
              "%,d more saw none of the examples that count before they left it, and are not"
                  + " ranked.",
              result.unseen());
    }
    if (!result.top().isEmpty()) {
      TopTable.print(console(), result.top(), result.objective().unit());
      console().line("");
      console()
          .line(
              "Answer:    %s with %s, the best of those that %s",
              result.top().get(0).mixture(),
              Console.text(result.top().get(0).score()),
              left > 0 ? "saw every example" : "were evaluated");
      console().line("How sure:  %s", sure(result));
      SearchAnswer.front(result.front()).ifPresent(line -> console().line("%s", line));
      result
          .expected()
          .ifPresent(
              mixture ->
                  console()
                      .line(
                          "Predicted: %s with %.4f, by the surface; it was not evaluated",
                          mixture, result.expectedScore()));
    }
    console().line("");
    console().line("Table: %s", result.table());
    return ExitCode.DONE;
  }

  private static String sure(RankAction.Result result) {
    boolean known = result.top().get(0).score().hasError();
    String tied =
        known ? SearchAnswer.tied(result.tied() - 1) : "ties cannot be told from one example";
    return tied
        + result
            .surface()
            .map(model -> SearchAnswer.surface(model.surface(), model.explained(), model.rivals()))
            .orElse(SearchAnswer.NO_SURFACE);
  }
}
