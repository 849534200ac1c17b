package org.mergetomix.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.executor.EvaluateMixtures;
import org.mergetomix.executor.ExecutorRuntime;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.manifest.Purpose;
import org.mergetomix.memory.MemoryCheck;
import org.mergetomix.memory.MemoryPlan;
import org.mergetomix.mixture.IndexRanges;
import org.mergetomix.output.OutputLease;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.rank.Ranking;
import org.mergetomix.score.Estimate;
import org.mergetomix.table.EvaluationsTable;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RankedTable;
import org.mergetomix.table.RowStatus;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.table.RunRecord;

/**
 * Evaluates every candidate mixture by its surrogate and ranks them.
 *
 * <p>Mixtures are index ranges of the space, unranked on executors. A round is one Spark job whose
 * rows are committed before the next begins; a search that was killed goes on after its last
 * committed round and ends with the same table.
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
   * @param evaluatedNow how many mixtures were evaluated by this call; the others were there
   * @param warnings what a user should know about the inputs and the scores
   */
  public record Result(
      RunRecord record, List<RankedRow> top, long evaluatedNow, List<Problem> warnings) {}

  /**
   * Searches.
   *
   * @throws UserException if an input is missing or broken, if an executor has not the memory that
   *     {@link MemoryPlan} says it needs, if the output directory belongs to another run or another
   *     driver works on it, or if more mixtures failed than {@code search.max-failed} allows
   */
  public Result run() {
    long started = System.nanoTime();
    List<Problem> warnings = checkInputs();
    RunPlan plan = RunPlan.of(spark, manifest, configuration);
    directory.requireCommitter(spark);
    directory.claim(plan.runId(), plan.identity());
    return LeasedOutput.during(
        spark,
        directory,
        configuration.leaseSeconds(),
        lease -> search(plan, warnings, started, lease));
  }

  private Result search(RunPlan plan, List<Problem> warnings, long started, OutputLease lease) {
    // Another driver may have been there between the first look and the lease.
    directory.claim(plan.runId(), plan.identity());
    RunRecord fresh = RunRecords.begin(spark, plan, configuration);
    RunRecord before = directory.read().orElse(fresh);
    RunRecord again =
        before.startedAgain(fresh).evaluatedOn(directory.evaluations(spark).devices().keySet());
    directory.write(again);

    JavaSparkContext context = Session.context(spark);
    Broadcast<RunPlan> broadcast = context.broadcast(plan);
    try {
      RunRecord searching = measured(again, context, broadcast, lease);
      SortedMap<String, Estimate> base = baseScores(context, broadcast);
      long evaluatedNow = evaluateMissing(broadcast, plan, lease);
      context.setJobGroup("rank", "Rank the mixtures", false);
      RankedTable ranked = directory.ranked(spark);
      EvaluationsTable evaluations = directory.evaluations(spark);
      SortedMap<String, Long> devices = evaluations.devices();
      lease.require();
      ranked.write(
          Ranking.rows(evaluations, plan, LanguageModelling.DIRECTION),
          LanguageModelling.DIRECTION);
      RunRecord done =
          searching
              .evaluatedOn(devices.keySet())
              .ranked(
                  counts(plan, ranked),
                  seconds(evaluations, before, (System.nanoTime() - started) / 1e9),
                  base,
                  ranked.digest(),
                  Instant.now().toString());
      lease.require();
      directory.write(done);
      List<Problem> all = new ArrayList<>(warnings);
      all.addAll(MixedDevices.warnings(devices));
      return new Result(
          done, ranked.top(configuration.report().top()), evaluatedNow, List.copyOf(all));
    } finally {
      context.clearJobGroup();
      broadcast.destroy();
    }
  }

  private List<Problem> checkInputs() {
    InputAccess access = InputAccess.of(spark, configuration);
    try (InputFiles files = access.open()) {
      List<Problem> missing = manifest.missingFiles(files, Purpose.SEARCHING);
      if (!missing.isEmpty()) {
        throw UserException.input(missing);
      }
      Optional<MemoryPlan> memory = new MemoryCheck(spark, files, configuration).plan(manifest);
      List<Problem> warnings =
          new ArrayList<>(new InputCheck(spark, access, files).run(manifest, manifest.datasets()));
      memory.ifPresent(plan -> warnings.addAll(plan.warnings()));
      return List.copyOf(warnings);
    }
  }

  /** Measures the experts once a run: what an earlier start found of the same ones holds. */
  private RunRecord measured(
      RunRecord record, JavaSparkContext context, Broadcast<RunPlan> broadcast, OutputLease lease) {
    if (record.preflight().measured()) {
      return record;
    }
    RunRecord measured = record.measured(Preflights.ofRun(context, broadcast));
    lease.require();
    directory.write(measured);
    return measured;
  }

  private static SortedMap<String, Estimate> baseScores(
      JavaSparkContext context, Broadcast<RunPlan> plan) {
    context.setJobGroup("base", "Evaluate the base", false);
    return context.parallelize(List.of(0), 1).map(one -> baseScores(plan.value())).first();
  }

  private static SortedMap<String, Estimate> baseScores(RunPlan plan) {
    return ExecutorRuntime.onSlot(
        plan,
        slot -> {
          SortedMap<String, Estimate> scores = new TreeMap<>();
          slot.fill(plan.base().location(), plan.base().promised());
          plan.tasks().forEach(task -> scores.put(task.id(), slot.evaluate(task.id()).mean()));
          return scores;
        });
  }

  private long evaluateMissing(Broadcast<RunPlan> plan, RunPlan run, OutputLease lease) {
    return new SearchRounds(spark, configuration, directory, lease, progress)
        .run(
            run.space().size(),
            committed(directory.evaluations(spark), plan),
            counters -> new EvaluateMixtures(plan, counters, configuration.search().attempts()));
  }

  /** The mixtures whose evaluation is committed, under the key that it would have now. */
  private static IndexRanges committed(EvaluationsTable evaluations, Broadcast<RunPlan> plan) {
    List<IndexRanges> found =
        evaluations
            .dataset()
            .where(col("status").equalTo(RowStatus.OK.text()))
            .where(col("task").equalTo(plan.value().tasks().get(0).id()))
            .select("index", "key")
            .orderBy("index")
            .javaRDD()
            .mapPartitions(rows -> current(rows, plan.value()))
            .collect();
    return IndexRanges.of(found.stream().flatMap(ranges -> ranges.ranges().stream()).toList());
  }

  private static Iterator<IndexRanges> current(Iterator<Row> rows, RunPlan plan) {
    List<Long> indices = new ArrayList<>();
    while (rows.hasNext()) {
      Row row = rows.next();
      long index = row.getLong(0);
      String key = plan.key(plan.space().at(index), plan.tasks().get(0));
      if (key.equals(row.getString(1))) {
        indices.add(index);
      }
    }
    return List.of(IndexRanges.ofIndices(indices.stream().mapToLong(Long::longValue))).iterator();
  }

  private static RunRecord.Counts counts(RunPlan plan, RankedTable ranked) {
    long evaluated = ranked.dataset().where(col("rank").isNotNull()).count();
    return new RunRecord.Counts(plan.space().size(), evaluated, plan.space().size() - evaluated, 0);
  }

  private static RunRecord.Seconds seconds(
      EvaluationsTable evaluations, RunRecord before, double wall) {
    Row spent = evaluations.dataset().agg(sum("merge_seconds"), sum("evaluate_seconds")).first();
    return new RunRecord.Seconds(
        spent.getDouble(0),
        spent.getDouble(1),
        before.seconds().training(),
        before.seconds().wall() + wall);
  }
}
