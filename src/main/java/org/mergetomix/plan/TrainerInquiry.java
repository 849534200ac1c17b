package org.mergetomix.plan;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.worker.TrainerCommand;
import org.mergetomix.worker.TrainerProcess;

/** Asks what a trainer is, where it runs. */
public final class TrainerInquiry {

  private TrainerInquiry() {}

  /**
   * The versions of the trainer of one executor; those of the others must be the same.
   *
   * @throws org.mergetomix.problem.UserException if it cannot be started or does not answer
   */
  public static SortedMap<String, String> versions(SparkSession spark, TrainerCommand trainer) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    context.setJobGroup("trainer", "Ask a trainer for its versions", false);
    try {
      List<Attempt<TreeMap<String, String>>> asked =
          context
              .parallelize(List.of(trainer), 1)
              .map(one -> Attempt.of(() -> new TreeMap<>(TrainerProcess.versions(one))))
              .collect();
      return Attempt.results(asked).get(0);
    } finally {
      context.clearJobGroup();
    }
  }
}
