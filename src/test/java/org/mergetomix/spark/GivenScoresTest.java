package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.Measure;
import org.mergetomix.score.Objective;
import org.mergetomix.table.FidelityRow;
import org.mergetomix.table.FrontPlace;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RowStatus;

class GivenScoresTest {

  private static final Measure BITS =
      new Measure(
          "bits_per_byte", "bits per byte", Direction.LOWER_IS_BETTER, Measure.Aggregate.MEAN);

  @Test
  void comparesWhatWasTrainedElsewhereWithItsSurrogate() {
    List<FidelityRow> rows =
        rows(
            List.of("news"),
            new double[] {1, 1},
            Map.of("a+b", tasks("score", 2.5), "a", tasks("score", 3)));

    assertThat(rows)
        .extracting(row -> row.mixture() + " " + row.role() + " " + row.real().value())
        .containsExactlyInAnyOrder("a+b given 2.5", "a single 3.0");
    assertThat(rows.get(0).surrogate().value()).isEqualTo(1);
    assertThat(rows.get(0).real().hasError()).isFalse();
  }

  @Test
  void weighsTheTasksAsTheRunDoes() {
    List<FidelityRow> rows =
        rows(
            List.of("news", "wiki"),
            new double[] {1, 1},
            Map.of("a+b", tasks("news", 1, 3, "wiki", 5, 7, "other", 9, 9)));

    assertThat(rows.get(0).real().value()).isCloseTo(4, within(1e-12));
    assertThat(rows.get(0).real().standardError()).isCloseTo(Math.sqrt(.5), within(1e-12));
  }

  @Test
  void saysEverythingThatCannotBeCompared() {
    assertThat(
            problems(
                List.of("news", "wiki"),
                new double[] {1, 2},
                Map.of(
                    "a+b", tasks("news", 1, 3),
                    "a+x+y", tasks("news", 1, 3),
                    "b+c", tasks("news", 1, 3),
                    "a+c", tasks("news", 1, 3))))
        .containsExactlyInAnyOrder(
            "The score of the task news is not the plain mean of its examples",
            "The table of scores has none of the task wiki",
            "Mixture a+x+y has datasets that the run does not have: x, y",
            "The run has no surrogate of mixture b+c that saw every example",
            "The run has no surrogate of mixture a+c that saw every example");
    assertThat(problems(List.of("news"), new double[] {1}, Map.of()))
        .containsExactly("The table of scores has no rows");
  }

  private static List<String> problems(
      List<String> tasks, double[] weights, Map<String, SortedMap<String, ExampleScores>> scores) {
    return catchThrowableOfType(UserException.class, () -> rows(tasks, weights, scores))
        .problems()
        .stream()
        .map(Problem::what)
        .toList();
  }

  private static List<FidelityRow> rows(
      List<String> tasks, double[] weights, Map<String, SortedMap<String, ExampleScores>> scores) {
    Objective objective =
        Objective.of(
            tasks.stream()
                .map(task -> new Objective.Term(task, BITS, 1, OptionalDouble.empty()))
                .toList(),
            new TreeMap<>());
    SortedMap<String, double[]> ofTasks = new TreeMap<>();
    tasks.forEach(task -> ofTasks.put(task, weights));
    Map<Mixture, SortedMap<String, ExampleScores>> parsed =
        new TreeMap<>(Comparator.comparing(Mixture::id));
    scores.forEach((mixture, found) -> parsed.put(Mixture.parse(mixture), found));
    return new GivenScores(Location.of("real.csv"), Set.of("a", "b", "c"), objective, ofTasks)
        .rows(
            parsed,
            asked -> List.of(ranked("a", false), ranked("a+b", false), ranked("a+c", true)));
  }

  private static SortedMap<String, ExampleScores> tasks(Object... namesAndScores) {
    SortedMap<String, List<Double>> found = new TreeMap<>();
    String task = "";
    for (Object one : namesAndScores) {
      if (one instanceof String name) {
        task = name;
      } else {
        found.computeIfAbsent(task, none -> new ArrayList<>()).add(((Number) one).doubleValue());
      }
    }
    SortedMap<String, ExampleScores> scores = new TreeMap<>();
    found.forEach(
        (name, values) ->
            scores.put(
                name,
                new ExampleScores(
                    values.stream().mapToDouble(Double::doubleValue).toArray(),
                    values.stream().mapToDouble(value -> 1).toArray())));
    return scores;
  }

  private static RankedRow ranked(String mixture, boolean dropped) {
    List<String> datasets = Mixture.parse(mixture).datasets();
    return new RankedRow(
        OptionalLong.of(1),
        mixture,
        datasets,
        Mixture.parse(mixture).weights(),
        new Estimate(1, .1),
        new Estimate(0, 0),
        Optional.empty(),
        FrontPlace.UNTOLD,
        new TreeMap<>(),
        10,
        dropped,
        RowStatus.OK,
        "",
        0,
        0);
  }
}
