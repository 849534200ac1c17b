package org.mergetomix.plan;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.evaluation.harness.HarnessTask;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.worker.WorkerLaunch;
import org.mergetomix.worker.WorkerSettings;

/** Asks what workers are, where they run. */
public final class WorkerInquiry {

  private WorkerInquiry() {}

  /**
   * Asks whether a worker can do what the manifest's tasks ask for.
   *
   * @return what it warns of
   * @throws org.mergetomix.problem.UserException if it cannot be started or does not answer; usage,
   *     with everything that it cannot do
   */
  public static List<String> check(
      SparkSession spark, Manifest manifest, Configuration configuration) {
    WorkerLaunch.Description told = of(spark, manifest, configuration);
    HarnessTasks.of(manifest, told.tasks());
    return told.warnings();
  }

  /**
   * What the worker of one executor is; those of the others must be the same.
   *
   * @throws org.mergetomix.problem.UserException if it cannot be started or does not answer; if it
   *     cannot do what the manifest's tasks ask for
   */
  static WorkerLaunch.Description of(
      SparkSession spark, Manifest manifest, Configuration configuration) {
    TreeMap<String, HarnessTask> tasks = new TreeMap<>();
    manifest.harness().forEach(entry -> tasks.put(entry.id(), entry.task()));
    WorkerLaunch.Description told = asked(spark, configuration.worker(), tasks);
    BaseModel.requireWriting(manifest, told);
    FactorsCheck.require(configuration, told);
    return told;
  }

  private static WorkerLaunch.Description asked(
      SparkSession spark, WorkerSettings settings, SortedMap<String, HarnessTask> tasks) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    context.setJobGroup("worker", "Ask a worker what it is", false);
    try {
      List<Attempt<WorkerLaunch.Description>> asked =
          context
              .parallelize(List.of(settings), 1)
              .map(one -> Attempt.of(() -> WorkerLaunch.describe(one, tasks)))
              .collect();
      return Attempt.results(asked).get(0);
    } finally {
      context.clearJobGroup();
    }
  }
}
