package org.mergetomix.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.lang3.SerializationUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.config.Configuration;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.SubsetSpace;
import org.mergetomix.score.Direction;
import org.mergetomix.surface.Axes;
import org.mergetomix.testing.SyntheticScores;

class ProposedSearchTest {

  private static final SyntheticScores SYNTHETIC =
      new SyntheticScores(6, SyntheticScores.Kind.QUADRATIC, 0, 1);
  private static final List<String> DATASETS = SYNTHETIC.axes().datasets();
  private static final String BEST = best();

  @Test
  void aSurfaceFindsTheBestAndSaysWhyItStopped() {
    SearchStrategy surface = strategy("search.strategy=surface");
    Scores search = new Scores(ProposedSearchTest::score).search(surface);

    assertThat(search.lowest()).isEqualTo(BEST);
    assertThat(search.count()).isLessThan(40);
    assertThat(surface.ended(search))
        .isEqualTo("2 rounds in a row promised less than the tolerance");
    assertThat(surface.most()).isEqualTo(63);
    assertThat(search.asked().stream().flatMap(List::stream)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(strings = {"surface", "ordered-soup", "forward", "backward", "random"})
  void proposesTheSameAfterAKillInAnyRound(String name) {
    String setting = "search.strategy=" + name;
    Scores undisturbed = new Scores(ProposedSearchTest::score).search(strategy(setting));

    assertThat(undisturbed.rounds()).isGreaterThan(1);
    for (int round = 0; round < undisturbed.rounds(); round++) {
      assertThat(undisturbed.first(round).search(strategy(setting)).asked())
          .isEqualTo(undisturbed.asked());
    }
    assertThat(strategy(setting).id()).matches(name + "-[0-9a-f]{8}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"surface", "ordered-soup", "forward", "backward", "random"})
  void asksForNothingTwiceWhereMixturesFail(String name) {
    SearchStrategy strategy = strategy("search.strategy=" + name);
    Scores search =
        new Scores(ProposedSearchTest::score, "d001", "d000+d001+d002+d003+d004+d005", "d002+d003")
            .search(strategy);

    assertThat(search.asked().stream().flatMap(List::stream)).doesNotHaveDuplicates();
    assertThat(strategy.ended(search)).isNotEmpty();
  }

  @Test
  void endsWhereEverythingFails() {
    List<String> all =
        Stream.iterate(0L, index -> index + 1).limit(63).map(space()::at).map(Mixture::id).toList();
    for (String name : List.of("surface", "forward", "backward")) {
      SearchStrategy strategy = strategy("search.strategy=" + name);
      Scores search = new Scores(ProposedSearchTest::score, all.toArray(String[]::new));

      assertThat(search.search(strategy).rounds()).as(name).isPositive();
    }
  }

  @Test
  void aBudgetEndsASearchAndALargerOneGoesOn() {
    SearchStrategy small = strategy("search.strategy=surface", "search.budget=9");
    SearchStrategy large = strategy("search.strategy=surface", "search.budget=15");
    Scores search = new Scores(ProposedSearchTest::score).search(small);

    assertThat(search.count()).isEqualTo(9);
    assertThat(small.most()).isEqualTo(9);
    assertThat(small.ended(search)).isEqualTo("the budget of 9 mixtures is used up");
    assertThat(large.id()).isEqualTo(small.id());
    assertThat(search.search(large).count()).isEqualTo(15);
  }

  @Test
  void usesWhatWasThereBeforeWithoutCountingIt() {
    Scores known = new Scores(ProposedSearchTest::score);
    List<Answer> singles = DATASETS.stream().map(id -> known.answer(Mixture.parse(id), 3)).toList();

    Scores search =
        known.knowing(singles).search(strategy("search.strategy=surface", "search.budget=8"));

    assertThat(search.count()).isEqualTo(8);
    assertThat(search.asked().get(0)).containsExactly(String.join("+", DATASETS));
    assertThat(search.asked().stream().flatMap(List::stream)).doesNotContainAnyElementsOf(DATASETS);
  }

  @Test
  void takesNoPartOfTheExamplesForAScore() {
    Scores known = new Scores(ProposedSearchTest::score);
    List<Answer> part = DATASETS.stream().map(id -> known.answer(Mixture.parse(id), 2)).toList();

    assertThat(known.knowing(part).search(strategy("search.strategy=surface")).asked().get(0))
        .containsAll(DATASETS);
  }

  @Test
  void triesAgainWhatFailedForAnotherStrategy() {
    Answer failed = new Answer(Mixture.parse("d000"), new TreeMap<>());

    assertThat(
            new Scores(ProposedSearchTest::score)
                .knowing(List.of(failed))
                .search(strategy("search.strategy=surface"))
                .asked()
                .get(0))
        .contains("d000");
  }

  @Test
  void looksForTheHighestWhereHigherIsBetter() {
    SearchStrategy surface =
        plan("search.strategy=surface")
            .strategy(Scores.objective(Direction.HIGHER_IS_BETTER), Scores.examples());
    Scores search = new Scores(mixture -> -score(mixture)).search(surface);

    assertThat(search.asked().stream().flatMap(List::stream)).contains(BEST);
  }

  @Test
  void hasOneIdForWhatProposesTheSame() {
    String id = strategy("search.strategy=surface").id();

    assertThat(strategy("search.strategy=surface", "search.tolerance=0.1").id()).isEqualTo(id);
    assertThat(
            Stream.of(
                    strategy("search.strategy=surface", "seed=2"),
                    strategy("search.strategy=surface", "search.width=3"),
                    strategy("search.strategy=surface", "search.required=d001"),
                    strategy("search.strategy=surface", "search.forbidden=d001"),
                    plan("search.strategy=surface")
                        .strategy(Scores.objective(Direction.HIGHER_IS_BETTER), Scores.examples()))
                .map(SearchStrategy::id))
        .doesNotContain(id)
        .doesNotHaveDuplicates();
  }

  @Test
  void travelsToWhereRowsAreLookedAt() {
    SearchStrategy surface = strategy("search.strategy=surface", "search.forbidden=d003");
    new Scores(ProposedSearchTest::score).search(surface);
    SearchStrategy travelled = SerializationUtils.roundtrip(surface);

    assertThat(travelled.id()).isEqualTo(surface.id());
    assertThat(travelled.considers(Mixture.parse("d000+d001"))).isTrue();
    assertThat(travelled.considers(Mixture.parse("d000+d003"))).isFalse();
  }

  @Test
  void constantScoresEndASearch() {
    for (String name : List.of("surface", "ordered-soup", "forward", "backward")) {
      for (double score : new double[] {0, 1}) {
        Scores search = new Scores(mixture -> score).search(strategy("search.strategy=" + name));

        assertThat(search.count()).as(name).isBetween(1, 30);
      }
    }
  }

  @Test
  void twoDatasetsAreEnough() {
    SearchStrategy surface =
        Scores.strategy(
            SearchPlan.of(
                Axes.of(List.of("d000", "d001")),
                Configuration.load(List.of(), List.of("search.strategy=surface")),
                Optional.empty()));

    assertThat(new Scores(mixture -> mixture.size()).search(surface).count()).isEqualTo(3);
  }

  private static SearchStrategy strategy(String... settings) {
    return Scores.strategy(plan(settings));
  }

  private static SearchPlan plan(String... settings) {
    return SearchPlan.of(
        Axes.of(DATASETS), Configuration.load(List.of(), List.of(settings)), Optional.empty());
  }

  private static double score(Mixture mixture) {
    return SYNTHETIC.truth(SYNTHETIC.axes().weights(mixture));
  }

  private static SubsetSpace space() {
    return SubsetSpace.of(DATASETS, 1, DATASETS.size());
  }

  private static String best() {
    SubsetSpace space = space();
    return Stream.iterate(0L, index -> index + 1)
        .limit(space.size())
        .map(space::at)
        .min(Comparator.comparingDouble(ProposedSearchTest::score))
        .orElseThrow()
        .id();
  }
}
