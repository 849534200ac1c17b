package org.mergetomix.cli;

import org.mergetomix.config.Configuration;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.spark.DivideAction;
import org.mergetomix.spark.Session;
import org.mergetomix.table.PartRow;
import picocli.CommandLine;

@CommandLine.Command(
    name = "divide",
    description =
        "Makes datasets of one corpus, which the manifest names in their place: of rows that are "
            + "alike, or that have the same value in a column. Writes the datasets, what is in "
            + "each, and a manifest to go on with.")
final class DivideCommand extends SessionCommand {

  private static final int WORDS = 6;

  @CommandLine.Mixin private TargetFolder to;

  DivideCommand(Console console) {
    super(console);
  }

  @Override
  ExitCode run(Session session, Configuration configuration) {
    print(
        console(), new DivideAction(session.spark(), configuration, console()).run(to.location()));
    return ExitCode.DONE;
  }

  @Override
  String afterInterruption() {
    return to.afterInterruption();
  }

  static void print(Console console, DivideAction.Result result) {
    int width =
        Math.max(
            "part".length(),
            result.parts().stream().mapToInt(part -> part.part().length()).max().orElse(0));
    console.line("");
    console.line("%-" + width + "s  %10s  %6s  %s", "part", "rows", "share", "telling words");
    for (PartRow part : result.parts()) {
      console.line(
          "%-" + width + "s  %,10d  %4.1f %%  %s",
          part.part(),
          part.rows(),
          100 * part.share(),
          String.join(" ", part.words().stream().limit(WORDS).toList()));
    }
    console.line("");
    console.line(
        "%,d rows, %,d of them nearly the same as an earlier one.",
        result.rows(), result.nearDuplicates());
    if (result.empty() > 0) {
      console.line("Warning: %,d rows are empty, and left out.", result.empty());
    }
    console.line("What is in each: %s", result.report());
    console.line("A manifest to go on with: %s", result.manifest());
  }
}
