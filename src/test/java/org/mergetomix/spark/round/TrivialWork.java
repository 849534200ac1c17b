package org.mergetomix.spark.round;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.mergetomix.config.Configuration;
import org.mergetomix.executor.PartitionRows;
import org.mergetomix.executor.RoundWork;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.MixtureSpace;
import org.mergetomix.mixture.SubsetSpace;
import org.mergetomix.plan.Portion;
import org.mergetomix.rank.ScoredTasks;
import org.mergetomix.score.Direction;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.score.ExampleValues;
import org.mergetomix.score.Measure;
import org.mergetomix.score.Objective;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.EvaluationsTable;
import org.mergetomix.table.RowStatus;

/** Scores mixtures by their datasets, without any model: what is left is Spark and the driver. */
final class TrivialWork implements RoundWork {

  private static final long serialVersionUID = 1L;

  private final MixtureSpace space;
  private final Mark mark;
  private final Counters counters;

  private TrivialWork(MixtureSpace space, Mark mark, Counters counters) {
    this.space = space;
    this.mark = mark;
    this.counters = counters;
  }

  /** All subsets of so many datasets. */
  static MixtureSpace space(int datasets) {
    return SubsetSpace.of(ids(datasets), 1, datasets);
  }

  /** Their ids. */
  static List<String> ids(int datasets) {
    return IntStream.range(0, datasets)
        .mapToObj(number -> String.format(Locale.ROOT, "d%02d", number))
        .toList();
  }

  /** Rounds of one task with some examples. */
  static Rounds rounds(
      JavaSparkContext context, Configuration configuration, EvaluationsTable table, int examples) {
    return new Rounds(
        context,
        configuration,
        table,
        Location.of("somewhere"),
        new RoundPlanner(TrivialWork::key, new TreeMap<>(Map.of("task", examples))),
        TrivialWork::new);
  }

  /** The task as a ranking knows it: every example weighs the same. */
  static ScoredTasks tasks(int examples) {
    double[] weights = new double[examples];
    Arrays.fill(weights, 1);
    return ScoredTasks.of(
        objective().terms(),
        new TreeMap<>(
            Map.of("task", new TreeMap<>(Map.of("bits_per_byte", new ExampleValues(weights))))));
  }

  /** What ranks: the mean of the task. */
  static Objective objective() {
    Measure measure =
        new Measure(
            "bits_per_byte", "bits per byte", Direction.LOWER_IS_BETTER, Measure.Aggregate.MEAN);
    return Objective.of(
        List.of(new Objective.Term("task", measure, 1, OptionalDouble.empty())), new TreeMap<>());
  }

  private static String key(Mixture mixture, String task) {
    return "key " + mixture + " " + task;
  }

  /** Datasets help less and less, and every second one harms. */
  static double score(Mixture mixture, int example) {
    double score = example;
    for (String dataset : mixture.datasets()) {
      int number = Integer.parseInt(dataset.substring(1));
      score += (number % 2 == 0 ? -1.0 : 1.0) / (1 + number);
    }
    return score;
  }

  @Override
  public Iterator<EvaluationRow> call(Iterator<Portion> portions) {
    return new PartitionRows(
        portions,
        (index, portion) -> {
          counters.done().add(1);
          return portion.examples().get("task").stream()
              .map(range -> row(space.at(index), range))
              .toList();
        });
  }

  private EvaluationRow row(Mixture mixture, ExampleRange range) {
    return new EvaluationRow(
        key(mixture, "task"),
        mixture,
        "task",
        "bits_per_byte",
        range,
        mark.strategy(),
        mark.number(),
        RowStatus.OK,
        "",
        new ExampleValues(
            IntStream.range(range.from(), range.to())
                .mapToDouble(example -> score(mixture, example))
                .toArray()),
        0,
        0,
        "cpu");
  }
}
