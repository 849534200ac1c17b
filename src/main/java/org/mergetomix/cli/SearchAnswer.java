package org.mergetomix.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.mergetomix.spark.SearchAction;
import org.mergetomix.statistics.BaselineChoice;
import org.mergetomix.table.Front;
import org.mergetomix.table.RankInterval;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RunRecord;

/** What a search was asked, what it answers, and how sure that is. */
final class SearchAnswer {

  /** Where there is no surface. */
  static final String NO_SURFACE = "; too few mixtures, or too much alike, for a surface";

  private SearchAnswer() {}

  /** Three lines about a search in which a mixture has a score. */
  static List<String> lines(SearchAction.Result result) {
    return List.of(asked(result.record()), answered(result), sure(result));
  }

  private static String asked(RunRecord record) {
    RunRecord.Objective objective = record.search().objective();
    List<RunRecord.WeightedTask> tasks = objective.tasks();
    return "Asked:     which of %s datasets%s, by %s"
        .formatted(
            record.run().datasets().size(),
            record.search().weights().describe(),
            tasks.size() == 1
                ? objective.unit() + " on " + tasks.get(0).task()
                : "the " + objective.description());
  }

  private static String answered(SearchAction.Result result) {
    RankedRow best = result.top().get(0);
    RunRecord.Counts counts = result.record().counts();
    String all = counts.coversSpace() ? "" : " that were evaluated, of " + counts.possible();
    return "Answer:    %s with %s, the best of %s mixtures%s"
        .formatted(
            best.mixture(),
            Console.text(best.score()),
            String.format(Locale.ROOT, "%,d", counts.evaluated()),
            all);
  }

  private static String sure(SearchAction.Result result) {
    RankedRow best = result.top().get(0);
    long others = result.tied() - 1;
    String surface = surface(result.record().surface());
    if (!best.gap().hasError() || !best.score().hasError()) {
      return "How sure:  ties cannot be told from one example" + surface;
    }
    String tied = tied(others);
    String rank = best.interval().map(SearchAnswer::rank).orElse("");
    return "How sure:  " + tied + rank + surface;
  }

  /** How many other mixtures are tied with the best. */
  static String tied(long others) {
    return others == 0
        ? "no other is tied with it"
        : String.format(
            Locale.ROOT, "%,d other%s tied with it", others, others == 1 ? " is" : "s are");
  }

  /** A line on the Pareto front over the tasks; nothing where there is one task. */
  static Optional<String> front(Front front) {
    if (front.members() == 0) {
      return Optional.empty();
    }
    List<RankedRow> best = front.best();
    return Optional.of(
        String.format(
            Locale.ROOT,
            "Trade-off: no mixture is better on every task than %s%s%s",
            best.stream().map(RankedRow::mixture).collect(Collectors.joining(", ")),
            best.size() < front.members()
                ? String.format(Locale.ROOT, " and %,d more", front.members() - best.size())
                : "",
            front.tied() == 0
                ? ""
                : String.format(Locale.ROOT, "; %,d others are tied with these", front.tied())));
  }

  /** What would be chosen without experts, a line each. */
  static List<String> baselines(List<BaselineChoice> choices) {
    return choices.stream()
        .map(
            choice ->
                "Baseline:  by %s %s, %s"
                    .formatted(
                        choice.baseline(),
                        choice.mixture(),
                        choice.row().map(SearchAnswer::standing).orElse("not ranked")))
        .toList();
  }

  private static String standing(RankedRow row) {
    long rank = row.rank().orElseThrow();
    return rank == 1
        ? "the same"
        : String.format(Locale.ROOT, "rank %,d, worse by %s", rank, Console.text(row.gap()));
  }

  private static String rank(RankInterval interval) {
    return String.format(
        Locale.ROOT,
        "; with other examples its rank is %,d to %,d (95 %%)",
        interval.low(),
        interval.high());
  }

  private static String surface(RunRecord.Surface surface) {
    return surface.kind().isEmpty()
        ? NO_SURFACE
        : surface(surface.kind(), surface.explained(), surface.rivals());
  }

  /** How well a surface predicts, and other kinds of it, as a further clause. */
  static String surface(String kind, double explained, SortedMap<String, Double> rivals) {
    return String.format(
        Locale.ROOT,
        "; a surface, %s, predicts mixtures that it has not seen with R\u00B2 %.3f%s",
        kind,
        explained,
        rivals.entrySet().stream()
            .map(rival -> String.format(Locale.ROOT, "%s %.3f", rival.getKey(), rival.getValue()))
            .collect(Collectors.joining(", ", " (", ")")));
  }
}
