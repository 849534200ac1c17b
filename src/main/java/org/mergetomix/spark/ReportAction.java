package org.mergetomix.spark;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.rank.Fidelities;
import org.mergetomix.report.Cost;
import org.mergetomix.report.HtmlReport;
import org.mergetomix.report.Input;
import org.mergetomix.report.ReportContent;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;
import org.mergetomix.statistics.BestBySize;
import org.mergetomix.statistics.BestOfSize;
import org.mergetomix.statistics.DatasetEffect;
import org.mergetomix.statistics.DatasetEffects;
import org.mergetomix.statistics.Fidelity;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.EvaluationsTable;
import org.mergetomix.table.FidelityRow;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RankedTable;
import org.mergetomix.table.RowStatus;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.table.RunRecord;

/** Writes a run's report from the files that the run left; nothing is computed again. */
public final class ReportAction {

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
    directory.writeReport(HtmlReport.render(content(record)));
    return directory.report();
  }

  private ReportContent content(RunRecord record) {
    RankedTable ranked = directory.ranked(spark);
    List<RankedRow> top = ranked.top(configuration.report().top());
    // A table that is left from before another ranking says nothing of this one.
    List<FidelityRow> fidelityRows =
        record.state() == RunRecord.State.CONFIRMED ? directory.fidelity(spark).read() : List.of();
    Optional<Fidelity> fidelity = Fidelities.of(fidelityRows, configuration, record.direction());
    return new ReportContent(
        record.runId(),
        question(record),
        answer(record, top),
        MixedDevices.warnings(directory.evaluations(spark).devices()).stream()
            .map(Problem::message)
            .toList(),
        record.direction(),
        record.scoreUnit(),
        record.datasets(),
        record.counts().evaluated() + record.counts().failed(),
        record.counts().failed(),
        top,
        base(record),
        effects(record),
        bestBySize(ranked, record.direction()),
        record.preflight(),
        fidelity,
        Fidelities.points(fidelityRows),
        record.confirmations(),
        cost(record),
        record.inputs().stream()
            .map(input -> new Input(input.kind(), input.id(), input.location(), input.digest()))
            .toList(),
        record.versions(),
        record.configuration());
  }

  private static String question(RunRecord record) {
    return "Which of %d datasets (%s) should the base be fine-tuned on, judged by %s?"
        .formatted(
            record.datasets().size(),
            String.join(", ", record.datasets()),
            String.join(", ", record.taskWeights().keySet()));
  }

  private static String answer(RunRecord record, List<RankedRow> top) {
    if (top.isEmpty()) {
      return "No mixture could be evaluated.";
    }
    RankedRow best = top.get(0);
    return String.format(
        Locale.ROOT,
        "%s: best of %d mixtures, %.3f %s.",
        best.mixture(),
        record.counts().evaluated(),
        best.score().value(),
        record.scoreUnit());
  }

  private static Optional<Estimate> base(RunRecord record) {
    return record.base().isEmpty()
        ? Optional.empty()
        : Optional.of(overall(record, record.base(), Function.identity()));
  }

  private List<DatasetEffect> effects(RunRecord record) {
    EvaluationsTable evaluations = directory.evaluations(spark);
    Map<String, Map<String, DatasetEffect>> byDataset = new TreeMap<>();
    for (String task : record.taskWeights().keySet()) {
      DatasetEffects effects =
          evaluations
              .rows()
              .filter(row -> row.task().equals(task) && row.status() == RowStatus.OK)
              .mapPartitions(ReportAction::feed)
              .fold(new DatasetEffects(), ReportAction::merge);
      for (DatasetEffect effect : effects.effects(record.direction())) {
        byDataset.computeIfAbsent(effect.dataset(), id -> new TreeMap<>()).put(task, effect);
      }
    }
    return byDataset.entrySet().stream()
        .map(entry -> overTasks(record, entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparing((DatasetEffect effect) -> -effect.gain().value()))
        .toList();
  }

  private static Iterator<DatasetEffects> feed(Iterator<EvaluationRow> rows) {
    DatasetEffects effects = new DatasetEffects();
    rows.forEachRemaining(
        row -> row.exampleScores().ifPresent(scores -> effects.feed(row.datasets(), scores)));
    return List.of(effects).iterator();
  }

  private static DatasetEffects merge(DatasetEffects one, DatasetEffects other) {
    one.merge(other);
    return one;
  }

  private static DatasetEffect overTasks(
      RunRecord record, String dataset, Map<String, DatasetEffect> effects) {
    return new DatasetEffect(
        dataset,
        overall(record, effects, DatasetEffect::with),
        overall(record, effects, DatasetEffect::without),
        overall(record, effects, DatasetEffect::gain));
  }

  private static <T> Estimate overall(
      RunRecord record, Map<String, T> byTask, Function<T, Estimate> score) {
    List<String> tasks = new ArrayList<>(byTask.keySet());
    return Estimate.weightedMean(
        tasks.stream().map(byTask::get).map(score).toList(),
        tasks.stream().map(task -> record.taskWeights().get(task)).toList());
  }

  private static List<BestOfSize> bestBySize(RankedTable ranked, Direction direction) {
    return ranked
        .dataset()
        .where(col("rank").isNotNull())
        .select("size", "mixture", "score", "standard_error")
        .javaRDD()
        .mapPartitions(rows -> feed(rows, direction))
        .fold(
            new BestBySize(direction),
            (one, other) -> {
              one.merge(other);
              return one;
            })
        .bests();
  }

  private static Iterator<BestBySize> feed(Iterator<Row> rows, Direction direction) {
    BestBySize bests = new BestBySize(direction);
    rows.forEachRemaining(
        row ->
            bests.feed(
                row.getInt(0), row.getString(1), new Estimate(row.getDouble(2), row.getDouble(3))));
    return List.of(bests).iterator();
  }

  private static Cost cost(RunRecord record) {
    long experts = record.datasets().size();
    long evaluated = record.counts().evaluated();
    long trained = record.counts().trained();
    return new Cost(
        evaluated,
        experts,
        trained,
        Math.max(0, evaluated - experts - trained),
        record.seconds().merge(),
        record.seconds().evaluate(),
        record.seconds().training(),
        record.seconds().wall());
  }
}
