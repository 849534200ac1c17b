package org.mergetomix.surface.proposal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.UserException;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Observation;
import org.mergetomix.testing.SyntheticScores;

class ProposersTest {

  private static final SyntheticScores SCORES =
      new SyntheticScores(7, SyntheticScores.Kind.QUADRATIC, 0, 3);
  private static final Axes AXES = SCORES.axes();

  static Stream<Proposer> proposers() {
    return Stream.of(
            AllowedSubsets.all(AXES),
            AllowedSubsets.of(AXES, 2, 4, List.of("d001"), List.of("d003")),
            AllowedSubsets.of(AXES, 1, 1, List.of("d001"), List.of()),
            AllowedSubsets.of(AXES, 7, 7, List.of(), List.of()))
        .flatMap(
            allowed ->
                Stream.of(
                    new SurfaceProposer(allowed, SearchSettings.of(7, 1)),
                    new OrderedSoup(allowed, 1),
                    new OrderedSoup(allowed, 4),
                    GreedyPath.forward(allowed),
                    GreedyPath.backward(allowed),
                    new RandomOrder(allowed, 5, 1)));
  }

  @ParameterizedTest
  @MethodSource("proposers")
  void neverEvaluatesTwiceAndComesToAnEnd(Proposer proposer) {
    List<List<Observation>> rounds = run(proposer, List.of());

    List<Mixture> mixtures =
        rounds.stream().flatMap(List::stream).map(Observation::mixture).toList();
    assertThat(mixtures).isNotEmpty().doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(127);
    assertThat(run(proposer, List.of())).isEqualTo(rounds);
    assertThat(run(proposer, rounds.subList(0, rounds.size() / 2))).isEqualTo(rounds);
  }

  @Test
  void keepsToTheBounds() {
    AllowedSubsets allowed = AllowedSubsets.of(AXES, 2, 4, List.of("d001"), List.of("d003"));
    for (Proposer proposer :
        List.of(
            new SurfaceProposer(allowed, SearchSettings.of(7, 1)),
            new OrderedSoup(allowed, 3),
            GreedyPath.forward(allowed),
            GreedyPath.backward(allowed),
            new RandomOrder(allowed, 5, 1))) {
      assertThat(run(proposer, List.of()).stream().flatMap(List::stream))
          .extracting(Observation::mixture)
          .allMatch(allowed::allows)
          .allSatisfy(
              mixture ->
                  assertThat(mixture.datasets())
                      .contains("d001")
                      .doesNotContain("d003")
                      .hasSizeBetween(2, 4));
    }
  }

  @Test
  void contradictoryBoundsAreNamedAllAtOnce() {
    assertThatThrownBy(
            () -> AllowedSubsets.of(AXES, 3, 2, List.of("d001", "x"), List.of("d001", "y")))
        .isInstanceOfSatisfying(
            UserException.class, thrown -> assertThat(thrown.problems()).hasSize(4));
    assertThatThrownBy(() -> AllowedSubsets.of(AXES, 1, 1, List.of("d001", "d002"), List.of()))
        .hasMessageContaining("2 datasets are required");
    assertThatThrownBy(() -> AllowedSubsets.of(AXES, 7, 7, List.of(), List.of("d001")))
        .hasMessageContaining("at least 7");
  }

  @Test
  void countsAndListsWhatIsAllowed() {
    AllowedSubsets allowed = AllowedSubsets.of(AXES, 2, 4, List.of("d001"), List.of("d003"));

    assertThat(allowed.count()).isEqualTo(5 + 10 + 10);
    assertThat(allowed.list()).hasSize(25).doesNotHaveDuplicates();
    assertThat(AllowedSubsets.all(AXES).list()).hasSize(127);
  }

  @Test
  void randomGetsAroundToEverySubset() {
    assertThat(
            run(new RandomOrder(AllowedSubsets.all(AXES), 9, 2), List.of()).stream()
                .flatMap(List::stream))
        .hasSize(127);
  }

  @Test
  void soupGrowsByTheOrderOfSingleScores() {
    Set<String> added = new HashSet<>();
    List<List<Observation>> rounds = run(new OrderedSoup(AllowedSubsets.all(AXES), 1), List.of());

    assertThat(rounds.get(0)).hasSize(8);
    assertThat(rounds).hasSize(7);
    assertThat(rounds.subList(1, 7)).allMatch(round -> round.size() == 1);
    rounds.get(1).get(0).mixture().datasets().forEach(added::add);
    assertThat(added)
        .containsExactlyInAnyOrderElementsOf(
            rounds.get(0).stream()
                .filter(seen -> seen.mixture().size() == 1)
                .sorted((a, b) -> Double.compare(a.score(), b.score()))
                .limit(2)
                .map(seen -> seen.mixture().id())
                .toList());
  }

  @Test
  void aSoupThatLooksAheadEndsAtTheSameMixtureInFewerRounds() {
    List<List<Observation>> narrow = run(new OrderedSoup(AllowedSubsets.all(AXES), 1), List.of());
    List<List<Observation>> wide = run(new OrderedSoup(AllowedSubsets.all(AXES), 4), List.of());

    assertThat(wide).hasSizeLessThan(narrow.size());
    assertThat(wide.stream().flatMap(List::stream))
        .containsAll(narrow.stream().flatMap(List::stream).toList());
  }

  private static List<List<Observation>> run(Proposer proposer, List<List<Observation>> begun) {
    List<List<Observation>> rounds = new ArrayList<>(begun);
    while (proposer.next(History.of(rounds)) instanceof SearchStep.Evaluate evaluate) {
      rounds.add(evaluate.mixtures().stream().map(SCORES::observed).toList());
    }
    return rounds;
  }
}
