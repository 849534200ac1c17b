package org.mergetomix.plan;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.worker.WorkerLaunch;
import org.mergetomix.worker.WorkerSettings;

/** Asks what workers are, where they run. */
final class WorkerInquiry {

  private WorkerInquiry() {}

  /**
   * The versions of the worker of one executor; those of the others must be the same.
   *
   * @throws org.mergetomix.problem.UserException if it cannot be started or does not answer
   */
  static SortedMap<String, String> versions(SparkSession spark, WorkerSettings settings) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    context.setJobGroup("worker", "Ask a worker for its versions", false);
    try {
      List<Attempt<TreeMap<String, String>>> asked =
          context
              .parallelize(List.of(settings), 1)
              .map(one -> Attempt.of(() -> new TreeMap<>(WorkerLaunch.versions(one))))
              .collect();
      return Attempt.results(asked).get(0);
    } finally {
      context.clearJobGroup();
    }
  }
}
