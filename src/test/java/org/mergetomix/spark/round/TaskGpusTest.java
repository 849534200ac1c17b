package org.mergetomix.spark.round;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
}
