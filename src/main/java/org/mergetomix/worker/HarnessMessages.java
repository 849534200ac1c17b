package org.mergetomix.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.mergetomix.evaluation.harness.HarnessContents;
import org.mergetomix.evaluation.harness.HarnessTask;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Direction;
import org.mergetomix.score.ExampleValues;
import org.mergetomix.score.Measure;

/** Tasks of lm-eval, as they are in messages. */
final class HarnessMessages {

  /** What people call what lm-eval's metrics measure; other metrics are their own unit. */
  private static final Map<String, String> UNITS =
      Map.of(
          "acc", "accuracy",
          "acc_norm", "accuracy",
          "acc_bytes", "accuracy",
          "exact_match", "accuracy",
          "bits_per_byte", "bits per byte");

  private static final Map<String, Measure.Aggregate> AGGREGATES =
      Map.of("mean", Measure.Aggregate.MEAN, "exp-of-mean", Measure.Aggregate.EXP_OF_MEAN);

  private HarnessMessages() {}

  /** Writes what lm-eval is asked for. */
  static void ask(ObjectNode asked, HarnessTask task) {
    asked.put("task", task.task());
    task.options()
        .forEach(
            (key, value) -> {
              if (value instanceof Integer number) {
                asked.put(key, number);
              } else {
                asked.put(key, (String) value);
              }
            });
  }

  /**
   * What a worker told of some tasks.
   *
   * @throws UserException usage, with what it found wrong with them
   */
  static SortedMap<String, HarnessContents> contents(
      WorkerProcess process, Set<String> tasks, JsonNode told) {
    SortedMap<String, HarnessContents> contents = new TreeMap<>();
    List<Problem> problems = new ArrayList<>();
    for (String id : tasks) {
      JsonNode one = told.path(id);
      if (one.hasNonNull("problem")) {
        problems.add(
            new Problem(
                "Task %s: %s".formatted(id, one.path("problem").asText()),
                "the worker",
                one.path("remedy").asText()));
      } else if (one.path("examples").asInt() > 0 && !one.path("digest").asText().isEmpty()) {
        contents.put(id, contents(process, one));
      } else {
        throw process.failed("told nothing of the task of lm-eval " + id);
      }
    }
    if (!problems.isEmpty()) {
      throw UserException.usage(problems);
    }
    return contents;
  }

  private static HarnessContents contents(WorkerProcess process, JsonNode told) {
    int examples = told.path("examples").asInt();
    List<Measure> measures = new ArrayList<>();
    SortedMap<String, ExampleValues> weights = new TreeMap<>();
    told.path("measures")
        .fields()
        .forEachRemaining(
            entry -> {
              JsonNode one = entry.getValue();
              measures.add(measure(process, entry.getKey(), one));
              if (one.has("weights")) {
                weights.put(entry.getKey(), weights(process, one.path("weights"), examples));
              }
            });
    SortedMap<String, String> refused = new TreeMap<>();
    told.path("refused")
        .fields()
        .forEachRemaining(entry -> refused.put(entry.getKey(), entry.getValue().asText()));
    return new HarnessContents(
        told.path("version").asText(),
        told.path("digest").asText(),
        examples,
        measures,
        weights,
        refused);
  }

  private static Measure measure(WorkerProcess process, String name, JsonNode told) {
    Measure.Aggregate aggregate = AGGREGATES.get(told.path("aggregate").asText());
    if (aggregate == null || !told.path("higher").isBoolean()) {
      throw process.failed(
          "told neither how %s adds up nor whether more of it is better, or not rightly: %s"
              .formatted(name, told));
    }
    String metric = name.replaceFirst(",.*", "");
    return new Measure(
        name,
        UNITS.getOrDefault(metric, metric),
        told.path("higher").asBoolean() ? Direction.HIGHER_IS_BETTER : Direction.LOWER_IS_BETTER,
        aggregate);
  }

  private static ExampleValues weights(WorkerProcess process, JsonNode told, int examples) {
    double[] weights = new double[told.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = told.get(i).asDouble();
    }
    boolean usable =
        DoubleStream.of(weights).allMatch(weight -> weight > 0 && Double.isFinite(weight));
    if (weights.length != examples || !usable) {
      throw process.failed("told weights of examples that are none");
    }
    return new ExampleValues(weights);
  }
}
