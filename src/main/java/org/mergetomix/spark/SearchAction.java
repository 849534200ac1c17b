package org.mergetomix.spark;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.config.Configuration.Search.Racing;
import org.mergetomix.executor.EvaluateMixtures;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.manifest.Purpose;
import org.mergetomix.memory.MemoryCheck;
import org.mergetomix.memory.MemoryPlan;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.preflight.Preflight;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.rank.RankIntervals;
import org.mergetomix.rank.RankedScores;
import org.mergetomix.rank.Ranking;
import org.mergetomix.rank.ScoredTasks;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.Objective;
import org.mergetomix.search.GivenMixtures;
import org.mergetomix.search.SearchPlan;
import org.mergetomix.search.SearchStrategy;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.spark.round.RoundPlanner;
import org.mergetomix.spark.round.Rounds;
import org.mergetomix.spark.round.TableStanding;
import org.mergetomix.statistics.BaselineChoice;
import org.mergetomix.statistics.attribution.ScoreModel;
import org.mergetomix.statistics.attribution.ScoreModelFit;
import org.mergetomix.table.Evaluations;
import org.mergetomix.table.EvaluationsTable;
import org.mergetomix.table.Front;
import org.mergetomix.table.RankInterval;
import org.mergetomix.table.RankedCounts;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RankedTable;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.table.RunRecord;
import org.mergetomix.table.SeenExamples;

/**
 * Evaluates mixtures by their surrogates, as a strategy asks for them, and ranks what it evaluated.
 *
 * <p>Mixtures are index ranges of a space, unranked on executors. What a Spark job evaluates is
 * committed before the next begins; a search that was killed goes on after its last commit and ends
 * with the same table.
 */
public final class SearchAction {

  private final SparkSession spark;
  private final Manifest manifest;
  private final Configuration configuration;
  private final Progress progress;
  private final RunDirectory directory;

  /** A search with these inputs; its output directory is new or holds the same run. */
  public SearchAction(
      SparkSession spark, Manifest manifest, Configuration configuration, Progress progress) {
    this.spark = spark;
    this.manifest = manifest;
    this.configuration = configuration;
    this.progress = progress;
    this.directory =
        new RunDirectory(configuration.requireOutput(), spark.sparkContext().hadoopConfiguration());
  }

  /**
   * What the search found.
   *
   * @param record the run record as it was written
   * @param top the best mixtures, as many as {@code report.top} says
   * @param tied how many mixtures the examples cannot tell from the best, itself among them
   * @param front the Pareto front over the tasks
   * @param baselines what would be chosen without experts, as far as something is known of datasets
   * @param seen how many examples the mixtures saw
   * @param evaluatedNow how many mixtures were evaluated by this call; the others were there
   * @param reused of how many mixtures rows of other runs were taken over by this call
   * @param warnings what a user should know about the inputs and the scores
   */
  public record Result(
      RunRecord record,
      List<RankedRow> top,
      long tied,
      Front front,
      List<BaselineChoice> baselines,
      SeenExamples seen,
      long evaluatedNow,
      long reused,
      List<Problem> warnings) {}

  /**
   * Searches.
   *
   * @throws UserException if an input is missing or broken, if an executor has not the memory that
   *     {@link MemoryPlan} says it needs, if the output directory belongs to another run, or if
   *     more mixtures failed than {@code search.max-failed} allows
   */
  public Result run() {
    long started = System.nanoTime();
    if (!configuration.objective().isUsual()) {
      throw UserException.usage(
          "Keys of objective have no effect on a search, which is ranked by the whole of its tasks",
          "objective",
          "Leave them out, and give them to rank when the search is done");
    }
    ReportAction.requireKnown(configuration, manifest.datasetIds());
    SearchPlan search = SearchPlans.of(spark, manifest, configuration);
    List<Problem> warnings = new ArrayList<>();
    MemoryPlan memory = checkInputs(search, warnings);
    RunPlan plan = RunPlan.of(spark, manifest, configuration).keeping(memory.prefixes().kept());
    List<OtherRun> others = OtherRun.all(spark, configuration.reuse(), plan);
    directory.requireCommitter(spark);
    directory.claim(plan.runId(), plan.identity());
    return directory.announced(spark, () -> search(search, plan, others, warnings, started));
  }

  private Result search(
      SearchPlan search,
      RunPlan plan,
      List<OtherRun> others,
      List<Problem> warnings,
      long started) {
    EvaluationsTable table = directory.evaluations(spark);
    RunRecord fresh =
        RunRecords.begin(
            spark, plan, MeasuredBaselines.added(spark, manifest, configuration), configuration);
    Set<String> devicesBefore = table.read().devices().keySet();
    RunRecord again =
        directory.update(fresh, before -> before.startedAgain(fresh).evaluatedOn(devicesBefore));

    JavaSparkContext context = Session.context(spark);
    Broadcast<RunPlan> broadcast = context.broadcast(plan);
    try {
      RunRecord measured = measured(again, context, broadcast);
      context.setJobGroup("reuse", "Take over rows of other runs", false);
      long reused = OtherRun.takeOver(others, broadcast, table);
      ScoredTasks tasks =
          ScoredTasks.of(
              plan.terms(), TaskDescription.weights(context, plan, directory.tasks(spark)));
      Rounds rounds = rounds(context, broadcast, table, tasks);
      rounds.run(
          GivenMixtures.BASE,
          new TableStanding(table, List.of(), GivenMixtures.BASE, tasks),
          Progress.SILENT);
      context.setJobGroup("base", "Read the scores of the base", false);
      Evaluations there = table.read();
      SortedMap<String, ExampleScores> base = Ranking.scores(there, Mixture.none(), tasks);
      Objective objective = plan.objective(base);
      SearchStrategy strategy = search.strategy(objective, tasks.examples());
      RunRecord.Strategy begins =
          new RunRecord.Strategy(strategy.id(), strategy.describe(), there.names());
      RunRecord searching = directory.update(measured, before -> before.searchedBy(begins));
      TableStanding standing = new TableStanding(table, searching.began(begins), strategy, tasks);
      long asked = rounds.run(strategy, standing, progress);
      long evaluatedNow = asked + leaveOneOut(search, rounds, table, tasks);
      RunRecord.Ended ended = new RunRecord.Ended(strategy.id(), strategy.ended(standing));
      context.setJobGroup("rank", "Rank the mixtures", false);
      Evaluations evaluations = table.read();
      SortedMap<String, Long> devices = evaluations.devices();
      RankedTable ranked = directory.ranked(spark);
      Map<String, RankInterval> intervals =
          RankIntervals.of(
              evaluations, strategy::considers, tasks, objective, base, configuration.seed());
      JavaRDD<RankedRow> rows =
          Ranking.rows(evaluations, strategy::considers, tasks, objective, intervals);
      // Without a race, a mixture of which another search saw a part is none that left it.
      ranked.write(
          configuration.search().racing() == Racing.NONE
              ? rows.filter(row -> !row.dropped())
              : rows,
          objective.scoreUnit());
      String digest = ranked.digest();
      RankedCounts found = ranked.counts();
      RankedScores scores = RankedScores.of(ranked, found.ranked());
      Optional<ScoreModel> model =
          ScoreModelFit.of(
              scores.scores(),
              scores.errors(),
              search.weights(),
              objective.scoreUnit(),
              objective.score(base).value(),
              configuration.seed());
      directory.interactions(spark).write(model.map(ScoreModel::interactions).orElse(List.of()));
      context.setJobGroup("rival", "Fit ridge regression to the scores", false);
      RunRecord.Surface surface =
          model
              .map(
                  fitted ->
                      RunRecords.surface(
                          fitted, RidgeRival.explained(spark, fitted, configuration.seed())))
              .orElse(RunRecord.Surface.NONE);
      RunRecord.Counts counts = counts(strategy, ranked, found);
      double wall = (System.nanoTime() - started) / 1e9;
      RunRecord done =
          directory.update(
              searching,
              before ->
                  before
                      .evaluatedOn(devices.keySet())
                      .ranked(
                          counts,
                          seconds(
                              evaluations,
                              before,
                              evaluatedNow == 0 && digest.equals(before.rankedDigest()) ? 0 : wall),
                          ended,
                          search.weights(),
                          RunRecord.Objective.of(objective),
                          objective.tasks(base),
                          surface,
                          digest,
                          Instant.now().toString()));
      List<Problem> all = new ArrayList<>(warnings);
      all.addAll(WorkerWarnings.of(plan.model()));
      all.addAll(MixedDevices.warnings(devices));
      List<RankedRow> top = ranked.top(configuration.report().top());
      return new Result(
          done,
          top,
          found.tied(),
          ranked.front(configuration.report().top()),
          BaselineChoice.of(
              done.start().baselines(), done.search().weights(), top, ranked::findAll),
          found.seen(),
          evaluatedNow,
          reused,
          List.copyOf(all));
    } finally {
      context.clearJobGroup();
      broadcast.destroy();
    }
  }

  /** What attribution needs beside what a strategy asked for. */
  private long leaveOneOut(
      SearchPlan search, Rounds rounds, EvaluationsTable table, ScoredTasks tasks) {
    Optional<GivenMixtures> mixtures = search.leaveOneOut();
    return mixtures.isEmpty()
        ? 0
        : rounds.run(
            mixtures.get(), new TableStanding(table, List.of(), mixtures.get(), tasks), progress);
  }

  private Rounds rounds(
      JavaSparkContext context,
      Broadcast<RunPlan> plan,
      EvaluationsTable table,
      ScoredTasks tasks) {
    int attempts = configuration.search().attempts();
    return new Rounds(
        context,
        configuration,
        table,
        directory.location(),
        new RoundPlanner(
            (mixture, task) -> plan.value().key(mixture, plan.value().task(task)),
            tasks.examples()),
        (space, mark, counters) -> new EvaluateMixtures(plan, space, mark, counters, attempts));
  }

  /** Adds warnings; what is planned fits. */
  private MemoryPlan checkInputs(SearchPlan search, List<Problem> warnings) {
    InputAccess access = InputAccess.of(spark, configuration);
    try (InputFiles files = access.open()) {
      List<Problem> missing = new ArrayList<>(manifest.missingFiles(files, Purpose.SEARCHING));
      missing.addAll(MeasuredBaselines.problems(manifest, files, configuration));
      UserException.inputIfAny(missing);
      Optional<MemoryPlan> memory = new MemoryCheck(spark, files, configuration).plan(manifest);
      warnings.addAll(
          new InputCheck(spark, access, files, configuration.evaluation().engine())
              .judging(manifest)
              .run(manifest, manifest.datasets()));
      MeasuredBaselines.requireReading(manifest, files, configuration);
      // What it could not read, the check of inputs has refused.
      warnings.addAll(memory.orElseThrow().warnings());
      idle(search).ifPresent(warnings::add);
      return memory.orElseThrow();
    }
  }

  /** What to know where rounds are too narrow for the cluster. */
  private Optional<Problem> idle(SearchPlan search) {
    int slots = spark.sparkContext().defaultParallelism();
    return search
        .width()
        .filter(width -> width < slots)
        .map(
            width ->
                new Problem(
                    "The search proposes %s mixtures at once, and %s of %s task slots have nothing"
                            .formatted(width, slots - width, slots)
                        + " to do meanwhile",
                    "search.width",
                    "Set it to %s to use them all, for some more mixtures in all"
                        .formatted(slots)));
  }

  /** Measures the experts once a run: what an earlier start found of the same ones holds. */
  private RunRecord measured(
      RunRecord record, JavaSparkContext context, Broadcast<RunPlan> broadcast) {
    if (record.preflight().measured()) {
      return record;
    }
    Preflight figures = Preflights.ofRun(context, broadcast);
    return directory.update(record, before -> before.measured(figures));
  }

  private static RunRecord.Counts counts(
      SearchStrategy strategy, RankedTable ranked, RankedCounts found) {
    long refined =
        ranked
            .dataset()
            .select("mixture")
            .javaRDD()
            .filter(row -> !strategy.isPossible(Mixture.parse(row.getString(0))))
            .count();
    return new RunRecord.Counts(strategy.possible(), found.ranked(), found.failed(), refined, 0);
  }

  private static RunRecord.Seconds seconds(Evaluations evaluations, RunRecord before, double wall) {
    Evaluations.Spent spent = evaluations.spent();
    return new RunRecord.Seconds(
        spent.merging(),
        spent.evaluating(),
        before.seconds().training(),
        before.seconds().wall() + wall);
  }
}
