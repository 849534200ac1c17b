package org.mergetomix.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.commons.lang3.SerializationUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.SubsetSpace;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Blocks;
import org.mergetomix.score.Direction;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.Measure;
import org.mergetomix.score.Objective;
import org.mergetomix.surface.Axes;
import org.mergetomix.testing.SyntheticScores;

class RacedSearchTest {

  private static final SyntheticScores SYNTHETIC =
      new SyntheticScores(7, SyntheticScores.Kind.QUADRATIC, 0, 1);
  private static final int EXAMPLES = SyntheticScores.EXAMPLES;
  private static final Map<Mixture, ExampleScores> TRUTH = truth();
  private static final Mixture BEST =
      TRUTH.keySet().stream().min((a, b) -> Double.compare(mean(a), mean(b))).orElseThrow();

  @Test
  void allMixturesRaceAndTheBestIsSeenWhole() {
    Race race = new Race().run(strategy("search.strategy=exhaustive"));

    assertThat(race.shares())
        .startsWith(100, 5, 10)
        .endsWith(100)
        .isSortedAccordingTo((a, b) -> a == 100 && b == 5 ? -1 : Integer.compare(a, b));
    assertThat(race.rounds.get(0)).hasSize(2 * 7 + 4);
    assertThat(race.rounds.get(1)).hasSize(127);
    assertThat(race.whole()).contains(BEST).hasSizeLessThan(40);
    assertThat(race.cost()).isLessThan(.3 * 127);
    for (int round = 2; round < race.rounds.size(); round++) {
      assertThat(mixtures(race.rounds.get(round - 1)))
          .containsAll(mixtures(race.rounds.get(round)));
    }
  }

  @Test
  void aSurfaceSearchesOnAShareAndItsMixturesRaceThen() {
    SearchStrategy strategy = strategy("search.strategy=surface");
    Race race = new Race().run(strategy);

    assertThat(race.shares().get(0)).isEqualTo(25);
    assertThat(race.shares()).isSorted().endsWith(100);
    assertThat(race.whole()).contains(BEST);
    assertThat(race.cost()).isLessThan(20);
    assertThat(strategy.ended(race)).endsWith(", and the race was run to its end");
    assertThat(strategy.describe()).endsWith("; raced from 25 % of the examples on, seed 1");
    assertThat(strategy.id()).endsWith("-raced-1");
  }

  @Test
  void sharesTheRiskBetweenAllLooks() {
    assertThat(RacedSearch.looks(5)).isEqualTo(5);
    assertThat(RacedSearch.looks(25)).isEqualTo(3);
  }

  /** The seed decides what is seen, so rounds of another one are not continued. */
  @Test
  void isAnotherStrategyWithAnotherSeed() {
    for (String name : List.of("exhaustive", "forward")) {
      SearchStrategy one = strategy("search.strategy=" + name, "seed=1");
      SearchStrategy other = strategy("search.strategy=" + name, "seed=2");

      assertThat(one.id()).isNotEqualTo(other.id());
      assertThat(one.describe()).isNotEqualTo(other.describe());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "search.strategy=exhaustive",
        "search.strategy=surface",
        "search.strategy=forward,search.ratios=refine",
        "search.strategy=exhaustive,search.ratios=refine"
      })
  void asksTheSameAfterAKillInAnyRound(String settings) {
    String[] keys = settings.split(",", -1);
    Race undisturbed = new Race().run(strategy(keys));

    for (int round = 0; round < undisturbed.rounds.size(); round++) {
      Race again = undisturbed.first(round).run(SerializationUtils.clone(strategy(keys)));
      assertThat(again.asked).isEqualTo(undisturbed.asked);
    }
    assertThat(undisturbed.whole()).isNotEmpty();
  }

  @Test
  void dropsNothingOnAFewExamples() {
    TreeMap<String, Integer> few = new TreeMap<>(Map.of("t", 100));
    SearchStrategy strategy =
        plan("search.strategy=exhaustive", "search.maximum-size=1")
            .strategy(Scores.objective(Direction.LOWER_IS_BETTER), few);
    Race race = new Race();
    race.examples = 100;

    race.run(strategy);

    assertThat(race.shares()).startsWith(5, 10);
    assertThat(race.rounds.get(1)).hasSize(7);
    assertThat(race.rounds.get(race.rounds.size() - 1)).hasSizeLessThan(7);
  }

  @Test
  void aMixtureThatFailsLeavesTheRace() {
    Race race = new Race(BEST).run(strategy("search.strategy=exhaustive"));

    assertThat(race.whole()).isNotEmpty().doesNotContain(BEST);
    assertThat(mixtures(race.rounds.get(race.rounds.size() - 1))).doesNotContain(BEST);
  }

  @Test
  void endsWhereEverythingFails() {
    Race race =
        new Race(TRUTH.keySet().toArray(Mixture[]::new))
            .run(strategy("search.strategy=exhaustive"));

    assertThat(race.rounds).hasSize(2);
  }

  @Test
  void racesByTasksOfSeveralUnits() {
    Measure bits = new Measure("b", "bits", Direction.LOWER_IS_BETTER, Measure.Aggregate.MEAN);
    Measure gain = new Measure("g", "points", Direction.HIGHER_IS_BETTER, Measure.Aggregate.MEAN);
    TreeMap<String, ExampleScores> base = new TreeMap<>();
    base.put("t", TRUTH.get(Mixture.parse("d000")));
    base.put("u", turned(TRUTH.get(Mixture.parse("d000"))));
    Objective objective =
        Objective.of(
            List.of(
                new Objective.Term("t", bits, 1, OptionalDouble.empty()),
                new Objective.Term("u", gain, 1, OptionalDouble.empty())),
            base);
    Race race = new Race();
    race.turnedToo = true;
    TreeMap<String, Integer> examples = new TreeMap<>(Map.of("t", EXAMPLES, "u", EXAMPLES));

    race.run(plan("search.strategy=surface").strategy(objective, examples));

    assertThat(race.whole()).contains(BEST);
    assertThat(objective.slope("t")).isPositive();
    assertThat(objective.slope("u")).isNegative();
  }

  @Test
  void refusesWhatCannotRace() {
    assertThatThrownBy(
            () ->
                SearchPlan.of(
                    Axes.of(IntStream.range(0, 13).mapToObj(i -> "d" + i).toList()),
                    configuration("search.strategy=exhaustive"),
                    Optional.empty()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("At most 4,095 mixtures that are all evaluated can race");
    TreeMap<Mixture, Integer> lines = new TreeMap<>(Comparator.comparing(Mixture::id));
    for (int i = 1; i <= 4_096; i++) {
      lines.put(Mixture.parse("d000:" + i + "+d001:4099"), i);
    }
    MixtureFile file = new MixtureFile(Location.of(Path.of("mixtures.txt")), lines);
    assertThatThrownBy(() -> SearchPlan.of(SYNTHETIC.axes(), configuration(), Optional.of(file)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("can race, and there are 4,096")
        .hasMessageContaining("Name fewer in search.mixtures");
    Measure perplexity =
        new Measure("p", "perplexity", Direction.LOWER_IS_BETTER, Measure.Aggregate.EXP_OF_MEAN);
    Objective objective =
        Objective.of(
            List.of(new Objective.Term("t", perplexity, 1, OptionalDouble.empty())),
            new TreeMap<>());
    assertThatThrownBy(() -> plan().strategy(objective, examples()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("its score is not the mean of its examples");
  }

  private static SearchStrategy strategy(String... settings) {
    return plan(settings).strategy(Scores.objective(Direction.LOWER_IS_BETTER), examples());
  }

  private static SearchPlan plan(String... settings) {
    return SearchPlan.of(SYNTHETIC.axes(), configuration(settings), Optional.empty());
  }

  private static Configuration configuration(String... settings) {
    List<String> all = new ArrayList<>(List.of("search.racing=max-t"));
    all.addAll(List.of(settings));
    return Configuration.load(List.of(), all);
  }

  private static SortedMap<String, Integer> examples() {
    return new TreeMap<>(Map.of("t", EXAMPLES));
  }

  private static Map<Mixture, ExampleScores> truth() {
    Map<Mixture, ExampleScores> truth = new LinkedHashMap<>();
    SubsetSpace space = SubsetSpace.of(SYNTHETIC.axes().datasets(), 1, 7);
    for (long i = 0; i < space.size(); i++) {
      truth.put(space.at(i), scores(space.at(i)));
    }
    return truth;
  }

  private static ExampleScores scores(Mixture mixture) {
    double[] weights = new double[EXAMPLES];
    Arrays.fill(weights, 1);
    return new ExampleScores(SYNTHETIC.exampleScores(mixture), weights);
  }

  private static ExampleScores turned(ExampleScores scores) {
    return new ExampleScores(
        Arrays.stream(scores.scores()).map(score -> 10 - score).toArray(), scores.weights());
  }

  private static double mean(Mixture mixture) {
    return TRUTH.get(mixture).mean().value();
  }

  private static List<Mixture> mixtures(List<Answer> answers) {
    return answers.stream().map(Answer::mixture).toList();
  }

  /** A standing that answers what is asked for from the truth. */
  private static final class Race implements Standing {

    private final List<Mixture> failing;
    private final List<List<Answer>> rounds = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final List<Integer> percents = new ArrayList<>();
    private boolean turnedToo;
    private int examples = EXAMPLES;

    Race(Mixture... failing) {
      this.failing = List.of(failing);
    }

    Race first(int count) {
      Race first = new Race();
      first.rounds.addAll(rounds.subList(0, count));
      first.asked.addAll(asked.subList(0, count));
      first.percents.addAll(percents.subList(0, count));
      return first;
    }

    Race run(SearchStrategy strategy) {
      for (Optional<Round> next = strategy.next(this);
          next.isPresent();
          next = strategy.next(this)) {
        Round round = next.get();
        List<Answer> answers = new ArrayList<>();
        for (long i = 0; i < round.space().size(); i++) {
          if (round.candidates().holds(i)) {
            answers.add(answer(round.space().at(i), round.percent()));
          }
        }
        rounds.add(answers);
        asked.add(round.percent() + " " + mixtures(answers));
        percents.add(round.percent());
      }
      return this;
    }

    private Answer answer(Mixture mixture, int percent) {
      TreeMap<String, ExampleScores> seen = new TreeMap<>();
      if (!failing.contains(mixture)) {
        ExampleScores first = scores(mixture).first(Blocks.upTo(examples, percent).to());
        seen.put("t", first);
        if (turnedToo) {
          seen.put("u", turned(first));
        }
      }
      return new Answer(mixture, seen);
    }

    List<Integer> shares() {
      return percents;
    }

    /** Those that saw every example. */
    List<Mixture> whole() {
      return rounds.stream()
          .flatMap(List::stream)
          .filter(one -> !one.failed() && one.scores().get("t").size() == EXAMPLES)
          .map(Answer::mixture)
          .distinct()
          .toList();
    }

    /** In mixtures on all examples. */
    double cost() {
      Map<Mixture, Integer> most = new LinkedHashMap<>();
      rounds.stream()
          .flatMap(List::stream)
          .filter(one -> !one.failed())
          .forEach(one -> most.merge(one.mixture(), one.scores().get("t").size(), Math::max));
      return most.values().stream().mapToDouble(Integer::doubleValue).sum() / EXAMPLES;
    }

    @Override
    public int rounds() {
      return rounds.size();
    }

    @Override
    public List<Answer> before() {
      return List.of();
    }

    @Override
    public List<Answer> of(int number) {
      return rounds.get(number - 1);
    }
  }
}
