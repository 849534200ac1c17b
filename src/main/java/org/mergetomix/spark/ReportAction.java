package org.mergetomix.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.rank.Fidelities;
import org.mergetomix.rank.MixtureReduction;
import org.mergetomix.rank.RankedScores;
import org.mergetomix.rank.Ranking;
import org.mergetomix.rank.ScoredTasks;
import org.mergetomix.report.HtmlReport;
import org.mergetomix.report.ReportContent;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.Objective;
import org.mergetomix.score.ScoreUnit;
import org.mergetomix.statistics.BaselineChoice;
import org.mergetomix.statistics.BestBySize;
import org.mergetomix.statistics.BestOfSize;
import org.mergetomix.statistics.DatasetEffect;
import org.mergetomix.statistics.DatasetEffects;
import org.mergetomix.statistics.Fidelity;
import org.mergetomix.statistics.attribution.ScoreModel;
import org.mergetomix.statistics.attribution.ScoreModel.Basis;
import org.mergetomix.statistics.attribution.ScoreModelFit;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Observation;
import org.mergetomix.surface.proposal.RoundPromise;
import org.mergetomix.table.Evaluations;
import org.mergetomix.table.FidelityRow;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RankedTable;
import org.mergetomix.table.RowStatus;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.table.RunRecord;
import org.mergetomix.table.SeenExamples;

/** Writes a run's report from the files that the run left; nothing is computed again. */
public final class ReportAction {

  /** Mixtures that are drawn beside the Pareto front, those on it among them. */
  private static final int MOST_COMPARED = 255;

  private final SparkSession spark;
  private final Configuration configuration;
  private final RunDirectory directory;

  /** The report of the run in the configured output directory. */
  public ReportAction(SparkSession spark, Configuration configuration) {
    this.spark = spark;
    this.configuration = configuration;
    this.directory =
        new RunDirectory(configuration.requireOutput(), spark.sparkContext().hadoopConfiguration());
  }

  /**
   * Writes the report and returns its file.
   *
   * @throws UserException if there is no ranked table in the output directory
   */
  public Location run() {
    RunRecord record = directory.require();
    if (record.state() == RunRecord.State.SEARCHING) {
      throw UserException.input(
          "There is nothing to report yet: the search is not finished",
          directory.location().toString(),
          "Run search again: it goes on where it stopped");
    }
    requireKnown(configuration, record.run().datasets());
    JavaSparkContext context = Session.context(spark);
    context.setJobGroup("report", "Read the tables for the report", false);
    try {
      directory.writeReport(HtmlReport.render(content(record)));
    } finally {
      context.clearJobGroup();
    }
    return directory.report();
  }

  private ReportContent content(RunRecord record) {
    RankedTable ranked = directory.ranked(spark);
    List<RankedRow> top = ranked.top(configuration.report().top());
    // A table that is left from before another ranking says nothing of this one.
    List<FidelityRow> fidelityRows =
        record.state() == RunRecord.State.CONFIRMED ? directory.fidelity(spark).read() : List.of();
    Evaluations evaluations = directory.evaluations(spark).read();
    List<Objective.Term> terms = record.search().objective().terms();
    ScoredTasks tasks = ScoredTasks.of(terms, directory.tasks(spark).weights());
    SortedMap<String, ExampleScores> base = Ranking.scores(evaluations, Mixture.none(), tasks);
    Objective objective = Objective.of(terms, base);
    ScoreUnit unit = objective.scoreUnit();
    SeenExamples seen = ranked.counts().seen();
    RankedScores scores = RankedScores.of(ranked, seen.total());
    Optional<ScoreModel> model =
        tasks.areAll(base)
            ? ScoreModelFit.of(
                scores.scores(),
                scores.errors(),
                record.search().weights(),
                unit,
                objective.score(base).value(),
                configuration.seed())
            : Optional.empty();
    Optional<Fidelity> fidelity = Fidelities.of(fidelityRows, configuration, unit);
    return new ReportContent(
        record,
        question(record),
        answer(record, top),
        MixedDevices.warnings(evaluations.devices()).stream().map(Problem::message).toList(),
        unit,
        top,
        ranked.front(MOST_COMPARED),
        seen,
        tasks.areAll(base) ? Optional.of(objective.score(base)) : Optional.empty(),
        model.filter(one -> one.basis() == Basis.EXACT).isPresent()
            ? effects(record, evaluations, scores.scores().keySet(), tasks, objective)
            : List.of(),
        model,
        model.map(one -> mapped(record, one)).orElse(List.of()),
        rounds(record, evaluations, scores, unit),
        bestBySize(ranked, unit),
        fidelity,
        Fidelities.points(fidelityRows),
        Fidelities.correction(fidelityRows, scores, unit),
        Fidelities.corrected(fidelityRows, configuration, unit),
        BaselineChoice.of(
            record.start().baselines(), record.search().weights(), top, ranked::findAll));
  }

  /**
   * Two datasets as configured, or else the two that help most; none where the surface does not
   * know them and a third one.
   */
  private List<String> mapped(RunRecord record, ScoreModel model) {
    Set<String> datasets = new LinkedHashSet<>(configuration.report().surface());
    if (datasets.isEmpty()) {
      model.gains().forEach(gain -> datasets.add(gain.dataset()));
      datasets.addAll(model.predictions().get(0).mixture().datasets());
      datasets.addAll(record.run().datasets());
    }
    datasets.retainAll(model.datasets());
    return model.datasets().size() > 2 ? datasets.stream().limit(2).toList() : List.of();
  }

  /** Of a search that looked at a part of what is possible, as far as its scores say it. */
  private static List<RoundPromise> rounds(
      RunRecord record, Evaluations evaluations, RankedScores scores, ScoreUnit unit) {
    if (record.counts().coversSpace() || scores.scores().size() > MOST_COMPARED) {
      return List.of();
    }
    SortedMap<Integer, List<Observation>> byRound = new TreeMap<>();
    evaluations
        .dataset()
        .where(col("status").equalTo(RowStatus.OK.text()).and(col("size").gt(0)))
        .groupBy("mixture")
        .agg(
            min(
                when(col("strategy").equalTo(record.search().ended().strategy()), col("number"))
                    .otherwise(0)))
        .orderBy("mixture")
        .collectAsList()
        .forEach(
            row -> {
              Mixture mixture = Mixture.parse(row.getString(0));
              Double score = scores.scores().get(mixture);
              if (score != null) {
                byRound
                    .computeIfAbsent(row.getInt(1), number -> new ArrayList<>())
                    .add(
                        Observation.of(
                            mixture,
                            unit.direction() == Direction.LOWER_IS_BETTER ? score : -score));
              }
            });
    if (byRound.isEmpty()) {
      return List.of();
    }
    List<List<Observation>> rounds = new ArrayList<>();
    for (int number = 1; number <= byRound.lastKey(); number++) {
      rounds.add(byRound.getOrDefault(number, List.of()));
    }
    return RoundPromise.of(
        Axes.of(record.run().datasets()), byRound.getOrDefault(0, List.of()), rounds);
  }

  /** Makes sure that the report of a run with these datasets can be written as configured. */
  static void requireKnown(Configuration configuration, List<String> datasets) {
    UserException.usageIfAny(
        configuration.report().surface().stream()
            .filter(dataset -> !datasets.contains(dataset))
            .map(
                dataset ->
                    new Problem(
                        "The run has no dataset " + dataset,
                        "report.surface",
                        "It has " + String.join(", ", datasets)))
            .toList());
  }

  private static String question(RunRecord record) {
    return "Which of %s datasets%s (%s) should the base be fine-tuned on, judged by %s?"
        .formatted(
            record.run().datasets().size(),
            record.search().weights().describe(),
            String.join(", ", record.run().datasets()),
            String.join(
                ", ",
                record.search().objective().tasks().stream()
                    .map(RunRecord.WeightedTask::task)
                    .toList()));
  }

  private static String answer(RunRecord record, List<RankedRow> top) {
    if (top.isEmpty()) {
      return "No mixture could be evaluated.";
    }
    RankedRow best = top.get(0);
    return String.format(
        Locale.ROOT,
        "%s: best of %d mixtures%s, %.3f %s.",
        best.mixture(),
        record.counts().evaluated(),
        record.counts().coversSpace() ? "" : " evaluated",
        best.score().value(),
        record.search().objective().unit());
  }

  /** Of ranked mixtures, all of which saw every example: of others there may be rows as well. */
  private static List<DatasetEffect> effects(
      RunRecord record,
      Evaluations evaluations,
      Set<Mixture> ranked,
      ScoredTasks tasks,
      Objective objective) {
    Set<Mixture> subsets =
        ranked.stream()
            .filter(record.search().weights()::isSubset)
            .collect(Collectors.toUnmodifiableSet());
    JavaRDD<MixtureScores> scores =
        MixtureReduction.of(
            evaluations.rows(),
            subsets::contains,
            tasks,
            (mixture, rows) -> new MixtureScores(mixture, rows.scores()));
    SortedMap<String, DatasetEffects> byTask = new TreeMap<>();
    for (Objective.Term term : objective.terms()) {
      String task = term.task();
      byTask.put(
          task,
          scores
              .filter(found -> found.tasks().containsKey(task))
              .mapPartitions(found -> feed(found, task))
              .fold(new DatasetEffects(), DatasetEffects::merge));
    }
    return DatasetEffects.of(byTask, objective);
  }

  private record MixtureScores(Mixture mixture, SortedMap<String, ExampleScores> tasks)
      implements Serializable {}

  private static Iterator<DatasetEffects> feed(Iterator<MixtureScores> scores, String task) {
    DatasetEffects effects = new DatasetEffects();
    scores.forEachRemaining(
        found -> effects.feed(found.mixture().datasets(), found.tasks().get(task)));
    return List.of(effects).iterator();
  }

  private static List<BestOfSize> bestBySize(RankedTable ranked, ScoreUnit unit) {
    return ranked
        .dataset()
        .where(col("rank").isNotNull().and(not(col("dropped"))))
        .select("size", "mixture", "score", "standard_error")
        .javaRDD()
        .mapPartitions(rows -> feed(rows, unit))
        .fold(new BestBySize(unit), BestBySize::merge)
        .bests();
  }

  private static Iterator<BestBySize> feed(Iterator<Row> rows, ScoreUnit unit) {
    BestBySize bests = new BestBySize(unit);
    rows.forEachRemaining(
        row ->
            bests.feed(
                row.getInt(0), row.getString(1), new Estimate(row.getDouble(2), row.getDouble(3))));
    return List.of(bests).iterator();
  }
}
