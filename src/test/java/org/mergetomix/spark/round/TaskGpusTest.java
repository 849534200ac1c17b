package org.mergetomix.spark.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class TaskGpusTest {

  @ParameterizedTest
  @ValueSource(doubles = {0.25, 1, 4})
  void asksForCoresAndGpusOfTheTasks(double gpus) {
    Map<String, Double> asked = new TreeMap<>();

    TaskGpus.profile(3, gpus)
        .taskResourcesJMap()
        .forEach((resource, request) -> asked.put(resource, request.amount()));

    assertThat(asked).isEqualTo(new TreeMap<>(Map.of("cpus", 3.0, "gpu", gpus)));
  }

  @Test
  void asksALocalMasterForNone(SparkSession spark) {
    JavaRDD<Integer> work =
        JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(List.of(1));

    assertThat(TaskGpus.ask(work, 0)).isSameAs(work);
    UserException refusal =
        catchThrowableOfType(UserException.class, () -> TaskGpus.ask(work, 0.5));
    assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(refusal).hasMessageContaining("spark.gpus-per-task and training.gpus-per-task");
  }
}
