package org.mergetomix.spark;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.location.Location;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.EvaluationsTable;
import org.mergetomix.table.RowStatus;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.table.RunRecord;
import scala.Tuple2;

/**
 * Another run whose rows say what would be evaluated here: they have the keys that rows of this run
 * have, which are made of contents. Its experts may be others; rows of mixtures that have those do
 * not count here.
 */
final class OtherRun {

  /** Who asked for rows that were taken over, as the names of rounds say it. */
  private static final String STRATEGY = "reused";

  private static final String EXPERT = "expert ";

  private final EvaluationsTable table;

  private OtherRun(EvaluationsTable table) {
    this.table = table;
  }

  /**
   * The runs at some locations.
   *
   * @throws UserException usage, if one has another base, method, engine or task, with every
   *     difference named; input, if one is not there
   */
  static List<OtherRun> all(SparkSession spark, Collection<Location> locations, RunPlan plan) {
    List<OtherRun> runs = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (Location location : locations) {
      RunDirectory directory =
          new RunDirectory(location, spark.sparkContext().hadoopConfiguration());
      RunRecord record =
          directory.require(
              "There is no run whose rows could be taken over", "Correct search.reuse");
      problems.addAll(differences(location, record.run().identity(), plan.identity()));
      runs.add(new OtherRun(directory.evaluations(spark)));
    }
    UserException.usageIfAny(problems);
    return List.copyOf(runs);
  }

  /** The other run may have more tasks, and other datasets. */
  private static List<Problem> differences(
      Location location, SortedMap<String, String> there, SortedMap<String, String> here) {
    TreeSet<String> keys = new TreeSet<>(here.keySet());
    there.keySet().stream().filter(key -> !key.startsWith("task ")).forEach(keys::add);
    keys.removeIf(key -> key.startsWith(EXPERT));
    return keys.stream()
        .filter(key -> !here.getOrDefault(key, "").equals(there.getOrDefault(key, "")))
        .map(
            key ->
                new Problem(
                    "The rows of this run cannot be taken over: %s is %s there and %s here"
                        .formatted(
                            key,
                            there.getOrDefault(key, "nothing"),
                            here.getOrDefault(key, "nothing")),
                    location.text(),
                    "Leave it out of search.reuse"))
        .toList();
  }

  /**
   * Appends the rows that count here and are not there yet.
   *
   * @return of how many mixtures there are some, the base left out
   */
  static long takeOver(List<OtherRun> runs, Broadcast<RunPlan> plan, EvaluationsTable table) {
    long mixtures = 0;
    for (OtherRun run : runs) {
      mixtures += run.takeOver(plan, table);
    }
    return mixtures;
  }

  private long takeOver(Broadcast<RunPlan> plan, EvaluationsTable into) {
    if (table.read().isEmpty()) {
      return 0;
    }
    JavaRDD<String> there = into.read().known().filter(OtherRun::isScored).map(OtherRun::identity);
    JavaRDD<EvaluationRow> fresh =
        table
            .read()
            .rows()
            .filter(row -> isScored(row) && counts(row, plan.value()))
            .mapToPair(row -> new Tuple2<>(identity(row), row.takenOver(STRATEGY)))
            .subtractByKey(there.mapToPair(id -> new Tuple2<>(id, true)))
            .reduceByKey((one, same) -> one)
            .values()
            .cache();
    try {
      if (fresh.isEmpty()) {
        return 0;
      }
      into.append(STRATEGY, 1, fresh);
      return fresh.map(EvaluationRow::mixture).filter(one -> one.size() > 0).distinct().count();
    } finally {
      fresh.unpersist();
    }
  }

  private static boolean isScored(EvaluationRow row) {
    return row.status() == RowStatus.OK;
  }

  /** Whether a row is one that would be evaluated here. */
  private static boolean counts(EvaluationRow row, RunPlan plan) {
    return plan.experts().keySet().containsAll(row.mixture().datasets())
        && plan.tasks().stream()
            .filter(task -> task.id().equals(row.task()))
            .anyMatch(task -> row.key().equals(plan.key(row.mixture(), task)));
  }

  private static String identity(EvaluationRow row) {
    return String.join(
        " ",
        row.key(),
        row.measure(),
        String.valueOf(row.range().from()),
        String.valueOf(row.range().to()));
  }
}
