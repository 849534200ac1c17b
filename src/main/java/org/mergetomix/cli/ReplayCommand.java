package org.mergetomix.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.mergetomix.config.Configuration;
import org.mergetomix.hocon.Choice;
import org.mergetomix.location.Location;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
import org.mergetomix.report.ReplayPage;
import org.mergetomix.score.Direction;
import org.mergetomix.spark.ReplayAction;
import org.mergetomix.spark.Session;
import picocli.CommandLine;

@CommandLine.Command(
    name = "replay",
    description =
        "Runs searches against scores that are there already, without a model: what a strategy "
            + "would have found, and for how many evaluations.")
final class ReplayCommand extends SessionCommand {

  private static final String STRATEGY = "search.strategy=";

  @CommandLine.Option(
      names = "--table",
      required = true,
      paramLabel = "TABLE",
      description =
          "The output of a run; or a CSV file with a header, JSON Lines or Parquet, with the "
              + "columns mixture and score, and maybe task and example_scores.")
  private String table;

  @CommandLine.Option(
      names = "--strategies",
      split = ",",
      paramLabel = "NAME",
      description = "Strategies to compare, with commas between; search.strategy without it.")
  private List<String> strategies = new ArrayList<>();

  @CommandLine.Option(
      names = "--repeats",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "How often each is replayed, with seeds from the configured one on and the examples in "
              + "another order each time; ${DEFAULT-VALUE} without it.")
  private int repeats;

  @CommandLine.Option(
      names = "--higher-is-better",
      description = "Scores of a table improve upwards; a run says itself what is better.")
  private boolean higherIsBetter;

  @CommandLine.Option(
      names = "--to",
      paramLabel = "FILE",
      description = "Draw regret against budget into an HTML file of this machine.")
  private Path page;

  ReplayCommand(Console console) {
    super(console);
  }

  @Override
  ExitCode run(Session session, Configuration configuration) {
    if (repeats < 1) {
      throw UserException.usage("--repeats must be at least 1, not " + repeats, "", "");
    }
    ReplayAction.Result result =
        new ReplayAction(
                session.spark(),
                location(),
                higherIsBetter ? Direction.HIGHER_IS_BETTER : Direction.LOWER_IS_BETTER,
                configuration.objective())
            .run(searches(configuration));
    RegretTable.print(console(), result);
    if (page != null) {
      write(ReplayPage.render(table, result.recording(), result.curves()));
    }
    return ExitCode.DONE;
  }

  private Location location() {
    try {
      return Location.of(table);
    } catch (IllegalArgumentException malformed) {
      throw UserException.usage("Option --table " + malformed.getMessage(), table, "");
    }
  }

  private Map<String, List<Configuration>> searches(Configuration configuration) {
    Map<String, List<Configuration>> searches = new LinkedHashMap<>();
    if (strategies.isEmpty()) {
      searches.put(Choice.name(configuration.search().strategy()), repeated(configuration, ""));
    }
    for (String strategy : strategies) {
      if (searches.put(strategy, repeated(configuration, STRATEGY + strategy)) != null) {
        throw UserException.usage(
            "The strategy " + strategy + " is named twice", "--strategies", "Name it once");
      }
    }
    return searches;
  }

  private List<Configuration> repeated(Configuration configuration, String strategy) {
    return IntStream.range(0, repeats)
        .mapToObj(
            repeat -> {
              List<String> keys = new ArrayList<>();
              keys.add("seed=" + (configuration.seed() + repeat));
              if (!strategy.isEmpty()) {
                keys.add(strategy);
              }
              return options().changed(keys);
            })
        .toList();
  }

  private void write(String html) {
    try {
      Files.writeString(page, html);
    } catch (IOException failure) {
      throw UserException.input(
          "Cannot write the page: " + failure.getMessage(),
          page.toString(),
          "Name a file in a folder that can be written to",
          failure);
    }
    console().line("Drawn: %s", page.toAbsolutePath());
  }
}
