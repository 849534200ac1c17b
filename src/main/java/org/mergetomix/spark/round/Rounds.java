package org.mergetomix.spark.round;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.mergetomix.config.Configuration;
import org.mergetomix.executor.RoundWork;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.MixtureSpace;
import org.mergetomix.plan.Portion;
import org.mergetomix.search.Round;
import org.mergetomix.search.SearchStrategy;
import org.mergetomix.table.EvaluationsTable;

/** Asks a strategy for one round after the other, and has what is missing of each evaluated. */
public final class Rounds {

  private final JavaSparkContext context;
  private final EvaluationsTable table;
  private final RoundPlanner planner;
  private final RoundRunner runner;
  private final Work work;
  private final LongAccumulator failed;

  /**
   * Rounds whose rows go to a table.
   *
   * @param output of the run, for messages
   * @param work what is done with a partition
   */
  public Rounds(
      JavaSparkContext context,
      Configuration configuration,
      EvaluationsTable table,
      Location output,
      RoundPlanner planner,
      Work work) {
    this.context = context;
    this.table = table;
    this.planner = planner;
    this.work = work;
    this.failed = context.sc().longAccumulator("merge-to-mix.failed");
    this.runner =
        new RoundRunner(
            context,
            configuration,
            new RoundCommit(table, output, configuration.search().maxFailed()));
  }

  /** What is done with the partitions of a round. */
  @FunctionalInterface
  public interface Work extends Serializable {

    /** The work on mixtures of a space. */
    RoundWork of(MixtureSpace space, RoundWork.Mark mark, RoundWork.Counters counters);
  }

  /**
   * Evaluates everything that a strategy asks for.
   *
   * @param standing what it knows when it begins
   * @return how many mixtures were evaluated, beside those whose rows were there
   * @throws org.mergetomix.problem.UserException if more failed than may
   */
  public long run(SearchStrategy strategy, TableStanding standing, Progress progress) {
    long evaluated = 0;
    Optional<Round> round = next(strategy, standing);
    while (round.isPresent()) {
      RoundWork.Mark mark = new RoundWork.Mark(strategy.id(), standing.rounds() + 1);
      evaluated += run(round.get(), strategy, mark, progress);
      standing.answered(round.get());
      round = next(strategy, standing);
    }
    return evaluated;
  }

  private Optional<Round> next(SearchStrategy strategy, TableStanding standing) {
    context.setJobGroup(
        strategy.id(), "Read what " + strategy.id() + " has to know for its next round", false);
    return strategy.next(standing);
  }

  private long run(Round round, SearchStrategy strategy, RoundWork.Mark mark, Progress progress) {
    context.setJobGroup(
        strategy.id(),
        "Look for what is missing of round %s of %s".formatted(mark.number(), mark.strategy()),
        false);
    List<Portion> missing = planner.missing(round, table.read(), strategy);
    long total = round.candidates().size();
    long count = RoundRunner.mixtures(missing);
    long begun = RoundRunner.mixtures(missing.stream().filter(Rounds::begins).toList());
    String step = total < strategy.most() ? "round " + mark.number() : "search";
    try (ProgressListener listener =
        new ProgressListener(context, step, total - count, total, progress)) {
      RoundWork.Counters counters = new RoundWork.Counters(listener.counter(), failed);
      runner.run(missing, mark, work.of(round.space(), mark, counters), counters, total - count);
      listener.complete();
    }
    return begun;
  }

  /** Whether nothing of its mixtures was evaluated before. */
  private static boolean begins(Portion portion) {
    return portion.examples().values().stream().allMatch(ranges -> ranges.get(0).from() == 0);
  }
}
