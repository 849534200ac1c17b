package org.mergetomix.search.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.mergetomix.config.Configuration;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.SubsetSpace;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Direction;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.Measure;
import org.mergetomix.score.Objective;
import org.mergetomix.search.SearchPlan;
import org.mergetomix.search.SearchStrategy;
import org.mergetomix.surface.Axes;
import org.mergetomix.testing.SyntheticScores;

class ReplayTest {

  private static final SyntheticScores SYNTHETIC =
      new SyntheticScores(6, SyntheticScores.Kind.QUADRATIC, 0, 1);
  private static final Axes AXES = SYNTHETIC.axes();
  private static final Recording EVERYTHING = recording(1);

  @Test
  void aSurfaceFindsTheBestRecordedMixture() {
    Replay.Outcome outcome = replay(EVERYTHING, "search.strategy=surface");

    assertThat(outcome.last().chosen()).isEqualTo(EVERYTHING.best());
    assertThat(outcome.last().regret()).isZero();
    assertThat(outcome.tied()).isTrue();
    assertThat(outcome.last().cost()).isEqualTo(outcome.mixtures()).isLessThan(40);
    assertThat(outcome.unrecorded()).isZero();
    assertThat(outcome.ended()).isEqualTo("2 rounds in a row promised less than the tolerance");
  }

  @Test
  void whatIsAskedForCostsAndRegretNeverRises() {
    List<Replay.Step> steps = replay(EVERYTHING, "search.strategy=random").steps();

    assertThat(steps).hasSize(16);
    assertThat(steps.get(0).cost()).isEqualTo(4);
    assertThat(steps.get(15).cost()).isEqualTo(63);
    for (int i = 1; i < steps.size(); i++) {
      assertThat(steps.get(i).regret()).isLessThanOrEqualTo(steps.get(i - 1).regret());
    }
  }

  @Test
  void regretIsAShareOfTheBestScore() {
    Mixture worst = EVERYTHING.bestFirst().get(EVERYTHING.size() - 1);

    assertThat(EVERYTHING.regret(worst))
        .isEqualTo(
            100
                * (EVERYTHING.score(worst) - EVERYTHING.score(EVERYTHING.best()))
                / EVERYTHING.score(EVERYTHING.best()));
    assertThat(EVERYTHING.isTied(worst)).isFalse();
    assertThat(EVERYTHING.isTied(EVERYTHING.best())).isTrue();
  }

  @Test
  void regretIsADifferenceWhereTheBestScoreIsNought() {
    Recording errors =
        new Recording(
            Map.of(Mixture.parse("a"), scores(0), Mixture.parse("b"), scores(0.25)),
            objective(Direction.LOWER_IS_BETTER),
            "scores.csv");

    assertThat(errors.regret(Mixture.parse("a"))).isZero();
    assertThat(errors.regret(Mixture.parse("b"))).isEqualTo(0.25);
    assertThat(errors.regretUnit()).isEqualTo("points");
    assertThat(EVERYTHING.regretUnit()).isEqualTo("% of the best score");
  }

  @Test
  void passesOverWhatIsNotRecordedAsIfItHadFailed() {
    Recording third = recording(3);
    Replay.Outcome outcome = replay(third, "search.strategy=surface");

    assertThat(third.size()).isEqualTo(21);
    assertThat(outcome.unrecorded()).isPositive();
    assertThat(outcome.last().cost()).isEqualTo(outcome.mixtures()).isLessThanOrEqualTo(21);
    assertThat(outcome.last().chosen()).isEqualTo(third.best());
  }

  @Test
  void anotherOrderOfTheExamplesChangesNoScore() {
    Recording shuffled = EVERYTHING.shuffled(7);
    Mixture mixture = EVERYTHING.best();

    assertThat(shuffled.answer(mixture, 5).scores().get("t").mean().value())
        .isNotEqualTo(EVERYTHING.answer(mixture, 5).scores().get("t").mean().value());
    assertThat(shuffled.score(mixture)).isEqualTo(EVERYTHING.score(mixture));
    assertThat(shuffled.isTied(mixture)).isTrue();
    assertThat(replay(shuffled, "search.strategy=exhaustive").last().regret()).isZero();
  }

  @Test
  void replaysTasksOfSeveralUnitsWhoseExamplesDifferInWeight() {
    Recording shuffled = severalUnits().shuffled(7);
    String[][] searches = {
      {"search.strategy=exhaustive"},
      {"search.strategy=surface"},
      {"search.strategy=exhaustive", "search.racing=max-t"},
      {"search.strategy=surface", "search.racing=max-t"},
    };

    for (String[] search : searches) {
      assertThat(replay(shuffled, search).tied()).as(String.join(" ", search)).isTrue();
    }
  }

  @Test
  void refusesScoresThatAreAllTheSame() {
    SortedMap<String, ExampleScores> same =
        new TreeMap<>(Map.of("t", new ExampleScores(new double[] {1}, new double[] {1})));

    assertThatThrownBy(
            () ->
                new Recording(
                    Map.of(Mixture.parse("a"), same, Mixture.parse("b"), same),
                    objective(Direction.LOWER_IS_BETTER),
                    "scores.csv"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("All mixtures have the same score");
  }

  @Test
  void refusesToWalkThroughMoreMixturesThanItCan() {
    Recording wide =
        new Recording(
            Map.of(
                Mixture.subset(LongStream.range(0, 30).mapToObj(i -> "d" + i).toList()),
                scores(1),
                Mixture.parse("d0"),
                scores(2)),
            objective(Direction.LOWER_IS_BETTER),
            "scores.csv");

    assertThatThrownBy(() -> replay(wide, "search.strategy=exhaustive"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("1073741823 mixtures at once, and 2 are recorded");
  }

  @Test
  void saysWhereNothingThatIsAskedForIsRecorded() {
    Recording ratios =
        new Recording(
            Map.of(
                Mixture.parse("a:0.3+b:0.7"), scores(1), Mixture.parse("a:0.2+b:0.8"), scores(2)),
            objective(Direction.HIGHER_IS_BETTER),
            "scores.csv");

    assertThat(ratios.best()).isEqualTo(Mixture.parse("a:0.2+b:0.8"));
    assertThatThrownBy(() -> replay(ratios, "search.strategy=surface"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("None of the 3 mixtures that surface");
  }

  @Test
  void putsRepetitionsTogether() {
    RegretCurve curve =
        new RegretCurve(
            "random",
            List.of(
                replay(EVERYTHING, "search.strategy=random", "seed=1"),
                replay(EVERYTHING, "search.strategy=random", "seed=2"),
                replay(EVERYTHING, "search.strategy=random", "seed=3", "search.budget=8")));

    assertThat(curve.regretAt(3).median()).isInfinite();
    assertThat(curve.regretAt(4).worst()).isGreaterThanOrEqualTo(curve.regretAt(4).median());
    assertThat(curve.regretAt(63).median()).isZero();
    assertThat(curve.regretAt(63).worst()).isEqualTo(curve.regretAt(8.5).worst()).isPositive();
    assertThat(curve.cost()).isEqualTo(new RegretCurve.Spread(63, 63));
    assertThat(curve.costs()).startsWith(4, 8, 12).endsWith(63);
  }

  private static Replay.Outcome replay(Recording recording, String... settings) {
    SearchStrategy strategy =
        SearchPlan.of(
                Axes.of(recording.datasets()),
                Configuration.load(List.of(), List.of(settings)),
                Optional.empty())
            .strategy(recording.objective(), recording.examples());
    return Replay.run(recording, strategy);
  }

  /** Every so many-th subset of six datasets. */
  private static Recording recording(int step) {
    Map<Mixture, SortedMap<String, ExampleScores>> scores = new LinkedHashMap<>();
    SubsetSpace space = SubsetSpace.of(AXES.datasets(), 1, 6);
    for (long index = 0; index < space.size(); index += step) {
      double[] examples = SYNTHETIC.exampleScores(space.at(index));
      double[] weights = new double[examples.length];
      Arrays.fill(weights, 1);
      scores.put(space.at(index), new TreeMap<>(Map.of("t", new ExampleScores(examples, weights))));
    }
    return new Recording(scores, objective(Direction.LOWER_IS_BETTER), "made up");
  }

  /** Gains over a base, on examples of which no two weigh the same. */
  private static Recording severalUnits() {
    Map<Mixture, SortedMap<String, ExampleScores>> scores = new LinkedHashMap<>();
    EVERYTHING
        .mixtures()
        .forEach(mixture -> scores.put(mixture, twoTasks(SYNTHETIC.exampleScores(mixture))));
    double[] base = new double[scores.values().iterator().next().get("bits").size()];
    Arrays.setAll(base, i -> 3 + i % 2);
    Measure bits = new Measure("bits", "bits", Direction.LOWER_IS_BETTER, Measure.Aggregate.MEAN);
    Measure nats = new Measure("nats", "nats", Direction.LOWER_IS_BETTER, Measure.Aggregate.MEAN);
    Objective objective =
        Objective.of(
            List.of(
                new Objective.Term("bits", bits, 1, OptionalDouble.empty()),
                new Objective.Term("nats", nats, 1, OptionalDouble.empty())),
            twoTasks(base));
    return new Recording(scores, objective, "made up");
  }

  private static SortedMap<String, ExampleScores> twoTasks(double[] examples) {
    double[] weights = new double[examples.length];
    Arrays.setAll(weights, i -> 1 + i);
    double[] nats = DoubleStream.of(examples).map(bits -> bits * Math.log(2)).toArray();
    return new TreeMap<>(
        Map.of(
            "bits", new ExampleScores(examples, weights),
            "nats", new ExampleScores(nats, weights)));
  }

  private static SortedMap<String, ExampleScores> scores(double score) {
    return new TreeMap<>(Map.of("t", new ExampleScores(new double[] {score}, new double[] {1})));
  }

  private static Objective objective(Direction direction) {
    Measure measure = new Measure("score", "points", direction, Measure.Aggregate.MEAN);
    return Objective.of(
        List.of(new Objective.Term("t", measure, 1, OptionalDouble.empty())), new TreeMap<>());
  }
}
