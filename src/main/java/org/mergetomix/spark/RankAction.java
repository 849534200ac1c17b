package org.mergetomix.spark;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.UserException;
import org.mergetomix.rank.MixtureReduction.Considered;
import org.mergetomix.rank.OtherObjective;
import org.mergetomix.rank.RankIntervals;
import org.mergetomix.rank.RankedScores;
import org.mergetomix.rank.Ranking;
import org.mergetomix.rank.ScoredTasks;
import org.mergetomix.score.Direction;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.Objective;
import org.mergetomix.search.SearchPlan;
import org.mergetomix.statistics.attribution.ScoreModel;
import org.mergetomix.statistics.attribution.ScoreModelFit;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Observation;
import org.mergetomix.surface.proposal.AllowedSubsets;
import org.mergetomix.surface.proposal.ExpectedBest;
import org.mergetomix.table.Evaluations;
import org.mergetomix.table.Front;
import org.mergetomix.table.RankedCounts;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RankedTable;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.table.RunRecord;
import org.mergetomix.table.SeenExamples;

/**
 * Ranks what a search evaluated by another objective: other weights of its tasks, some of its
 * tasks, or some of their examples. Nothing is evaluated, and the run stays as it is: the table
 * lies beside its own.
 */
public final class RankAction {

  private final SparkSession spark;
  private final Configuration configuration;
  private final RunDirectory directory;

  /** A ranking of the run in the configured output directory. */
  public RankAction(SparkSession spark, Configuration configuration) {
    this.spark = spark;
    this.configuration = configuration;
    this.directory =
        new RunDirectory(configuration.requireOutput(), spark.sparkContext().hadoopConfiguration());
  }

  /**
   * What the ranking says.
   *
   * @param objective what ranked
   * @param examples which of their examples count, in words; empty for all
   * @param mixtures how many are ranked
   * @param top the best mixtures, as many as {@code report.top} says
   * @param tied how many mixtures the examples cannot tell from the best, itself among them
   * @param front the Pareto front over the tasks that count
   * @param surface what a surface says of the scores; empty where there are too few
   * @param expected a mixture that was not evaluated and that the surface expects to be better
   * @param expectedScore what it expects of it, a prediction; NaN where there is none
   * @param seen how many of these examples the ranked mixtures saw
   * @param unseen how many mixtures left the run's race before they saw any of these examples, and
   *     are not ranked
   * @param table where the ranking lies
   */
  public record Result(
      Objective objective,
      String examples,
      long mixtures,
      List<RankedRow> top,
      long tied,
      Front front,
      Optional<ScoreModel> surface,
      Optional<Mixture> expected,
      double expectedScore,
      SeenExamples seen,
      long unseen,
      Location table) {

    public Result {
      top = List.copyOf(top);
    }
  }

  /**
   * Ranks.
   *
   * @throws UserException if there is no finished search, or the objective asks for what it does
   *     not have
   */
  public Result run() {
    directory.requireCommitter(spark);
    RunRecord record = directory.require();
    List<Objective.Term> usual = record.search().objective().terms();
    if (usual.isEmpty()) {
      throw UserException.input(
          "There is nothing to rank yet: the search is not finished",
          directory.location().toString(),
          "Run search again: it goes on where it stopped");
    }
    JavaSparkContext context = Session.context(spark);
    context.setJobGroup("rank", "Rank the mixtures by another objective", false);
    try {
      return directory.announced(
          spark,
          () ->
              rank(
                  record,
                  OtherObjective.of(configuration.objective(), usual, directory.tasks(spark))));
    } finally {
      context.clearJobGroup();
    }
  }

  private Result rank(RunRecord record, OtherObjective wanted) {
    ScoredTasks tasks = ScoredTasks.of(wanted.terms(), wanted.weights());
    Evaluations everything = wanted.of(directory.evaluations(spark).read());
    SortedMap<String, ExampleScores> base = Ranking.scores(everything, Mixture.none(), tasks);
    Objective objective = Objective.of(wanted.terms(), base);
    RankedTable ofRun = directory.ranked(spark);
    Evaluations evaluations = everything.among(ofRun);
    Considered all = mixture -> true;
    RankedTable table = directory.ranking(spark, wanted.id());
    table.write(
        Ranking.rows(
            evaluations,
            all,
            tasks,
            objective,
            RankIntervals.of(evaluations, all, tasks, objective, base, configuration.seed())),
        objective.scoreUnit());
    RankedCounts counts = table.counts();
    RankedScores found = RankedScores.of(table, counts.ranked());
    Optional<ExpectedBest> expected = expected(record, found, objective);
    return new Result(
        objective,
        wanted.examples(),
        counts.ranked(),
        table.top(configuration.report().top()),
        counts.tied(),
        table.front(configuration.report().top()),
        ScoreModelFit.of(
            found.scores(),
            found.errors(),
            record.search().weights(),
            objective.scoreUnit(),
            objective.score(base).value(),
            configuration.seed()),
        expected.map(ExpectedBest::mixture),
        expected.map(best -> sign(objective) * best.score()).orElse(Double.NaN),
        counts.seen(),
        ofRun.dataset().count() - counts.ranked() - counts.failed(),
        directory.rankings().child(wanted.id()));
  }

  /** Of a search that saw a part of what is allowed, what the surface expects of the rest. */
  private Optional<ExpectedBest> expected(
      RunRecord record, RankedScores scores, Objective objective) {
    AllowedSubsets allowed =
        SearchPlan.allowed(
            Axes.of(record.run().datasets(), record.search().weights()), configuration);
    List<Observation> seen =
        scores.scores().entrySet().stream()
            .map(
                one ->
                    observation(
                        one.getKey(),
                        sign(objective) * one.getValue(),
                        scores.errors().getOrDefault(one.getKey(), 0.0)))
            .sorted(
                Comparator.comparingDouble(Observation::score)
                    .thenComparing(one -> one.mixture().id()))
            .toList();
    return seen.size() < record.run().datasets().size() + 2
        ? Optional.empty()
        : ExpectedBest.of(allowed, seen, configuration.seed());
  }

  private static Observation observation(Mixture mixture, double score, double error) {
    return new Observation(mixture, score, error * error);
  }

  /** What turns scores so that lower is better, and back. */
  private static double sign(Objective objective) {
    return objective.scoreUnit().direction() == Direction.LOWER_IS_BETTER ? 1 : -1;
  }
}
