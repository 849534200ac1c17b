package org.mergetomix.surface.proposal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.surface.Observation;
import org.mergetomix.testing.SyntheticScores;

class RatioProposerTest {

  private static final SyntheticScores SCORES =
      new SyntheticScores(6, SyntheticScores.Kind.QUADRATIC, 0, 1);
  private static final AllowedSubsets ALL = AllowedSubsets.all(SCORES.axes());
  private static final SearchSettings SETTINGS = SearchSettings.of(6, 1);

  @Test
  void findsARatioThatIsBetterThanEverySubset() {
    List<History.Round> rounds = refined(ALL, allSubsets(ALL));
    List<Mixture> asked = asked(rounds);

    assertThat(rounds).hasSizeBetween(2, 1 + RatioProposer.MOST_ROUNDS);
    assertThat(asked).doesNotHaveDuplicates().isNotEmpty();
    assertThat(asked.stream().mapToDouble(RatioProposerTest::truth).min().orElseThrow())
        .isLessThan(SCORES.lowestOfSubsets());
    assertThat(asked)
        .allSatisfy(
            mixture ->
                assertThat(mixture.weights())
                    .allSatisfy(
                        weight -> {
                          assertThat(weight).isGreaterThanOrEqualTo(0.02);
                          assertThat(Math.rint(weight * 1000) / 1000).isEqualTo(weight);
                        }));
  }

  @Test
  void keepsToTheBounds() {
    AllowedSubsets bounded = AllowedSubsets.of(SCORES.axes(), 2, 3, Set.of("d001"), Set.of("d004"));

    assertThat(asked(refined(bounded, allSubsets(bounded))))
        .isNotEmpty()
        .allMatch(bounded::allows)
        .allMatch(mixture -> mixture.datasets().contains("d001"))
        .noneMatch(mixture -> mixture.datasets().contains("d004"));
  }

  @Test
  void goesNoFurtherThanTheToleranceIsWorth() {
    List<History.Round> rounds = new ArrayList<>(List.of(allSubsets(ALL)));
    SearchSettings careless = new SearchSettings(4, 1, 1, 1);
    SearchStep.Evaluate first =
        (SearchStep.Evaluate) new RatioProposer(ALL, careless).next(new History(rounds));
    rounds.add(observed(first.mixtures()));

    assertThat(new RatioProposer(ALL, careless).next(new History(rounds)))
        .isEqualTo(new SearchStep.Stop("the last ratios gained less than the tolerance"));
  }

  @Test
  void asksForNothingThatFailed() {
    List<History.Round> rounds = new ArrayList<>(List.of(allSubsets(ALL)));
    SearchStep.Evaluate first =
        (SearchStep.Evaluate) new RatioProposer(ALL, SETTINGS).next(new History(rounds));
    rounds.add(new History.Round(List.of(), first.mixtures()));

    assertThat(new RatioProposer(ALL, SETTINGS).next(new History(rounds)))
        .isInstanceOf(SearchStep.Stop.class);
  }

  @Test
  void saysWhyItHasNothingToRefine() {
    Mixture one = Mixture.parse("d000");
    Mixture other = Mixture.parse("d001");
    RatioProposer proposer = new RatioProposer(ALL, SETTINGS);

    assertThat(proposer.next(History.of(List.of(List.of()))))
        .isEqualTo(new SearchStep.Stop("no mixture has a score whose ratios could be refined"));
    assertThat(
            proposer.next(
                History.of(List.of(List.of(Observation.of(one, 1), Observation.of(other, 1))))))
        .isEqualTo(new SearchStep.Stop("scores that are all the same say nothing of ratios"));
  }

  @Test
  void usesAPartOfManyScores() {
    SyntheticScores many = new SyntheticScores(9, SyntheticScores.Kind.QUADRATIC, 0, 1);
    AllowedSubsets all = AllowedSubsets.all(many.axes());
    List<Observation> seen =
        all.list().stream().map(many.axes()::subset).map(many::observed).toList();
    SearchStep.Evaluate first =
        (SearchStep.Evaluate) new RatioProposer(all, SETTINGS).next(History.of(List.of(seen)));

    assertThat(seen).hasSize(511);
    assertThat(
            first.mixtures().stream()
                .mapToDouble(mixture -> many.truth(many.axes().weights(mixture)))
                .min()
                .orElseThrow())
        .isLessThan(many.lowestOfSubsets());
  }

  private static List<History.Round> refined(AllowedSubsets allowed, History.Round known) {
    List<History.Round> rounds = new ArrayList<>(List.of(known));
    RatioProposer proposer = new RatioProposer(allowed, SETTINGS);
    while (proposer.next(new History(rounds)) instanceof SearchStep.Evaluate proposed) {
      rounds.add(observed(proposed.mixtures()));
    }
    return rounds;
  }

  private static History.Round allSubsets(AllowedSubsets allowed) {
    return observed(allowed.list().stream().map(SCORES.axes()::subset).toList());
  }

  private static History.Round observed(List<Mixture> mixtures) {
    return new History.Round(mixtures.stream().map(SCORES::observed).toList(), List.of());
  }

  private static List<Mixture> asked(List<History.Round> rounds) {
    return rounds.stream()
        .skip(1)
        .flatMap(round -> round.observations().stream())
        .map(Observation::mixture)
        .sorted(Comparator.comparing(Mixture::id))
        .toList();
  }

  private static double truth(Mixture mixture) {
    return SCORES.truth(SCORES.axes().weights(mixture));
  }
}
