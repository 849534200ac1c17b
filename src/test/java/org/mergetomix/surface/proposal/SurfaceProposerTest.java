package org.mergetomix.surface.proposal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.surface.Observation;
import org.mergetomix.surface.Surface;
import org.mergetomix.surface.SurfaceChoice;
import org.mergetomix.testing.SyntheticScores;

class SurfaceProposerTest {

  @ParameterizedTest
  @CsvSource({
    "8, QUADRATIC, 40, 0.3", "12, QUADRATIC, 44, 0.1", "12, SATURATING, 44, 0.3",
    "20, QUADRATIC, 110, 0.5", "12, ACCURACY, 60, 2", "12, THRESHOLD, 90, 2"
  })
  void findsTheBestInDozensOfEvaluations(
      int datasets, SyntheticScores.Kind kind, int evaluations, double regret) {
    for (long seed = 0; seed < (datasets > 12 ? 1 : 2); seed++) {
      SyntheticScores scores = new SyntheticScores(datasets, kind, 0.001, seed);
      List<Observation> seen = searched(scores, seed, new ArrayList<>());
      double best = scores.lowestOfSubsets();

      assertThat(seen).hasSizeLessThanOrEqualTo(evaluations);
      assertThat(100 * (scores.truth(scores.axes().weights(best(seen).mixture())) - best))
          .isLessThanOrEqualTo(regret * Math.abs(best));
    }
  }

  @Test
  void sameSeedSameProposalsAlsoWhenItStartsAgain() {
    SyntheticScores scores = new SyntheticScores(15, SyntheticScores.Kind.QUADRATIC, 0.001, 5);
    List<List<Observation>> rounds = new ArrayList<>();
    List<Observation> once = searched(scores, 7, rounds);

    assertThat(searched(scores, 7, new ArrayList<>())).isEqualTo(once);
    assertThat(searched(scores, 7, new ArrayList<>(rounds.subList(0, rounds.size() - 1))))
        .isEqualTo(once);
  }

  @Test
  void usesWhatWasEvaluatedBeforehand() {
    SyntheticScores scores = new SyntheticScores(8, SyntheticScores.Kind.QUADRATIC, 0, 6);
    List<Observation> all =
        AllowedSubsets.all(scores.axes()).list().stream()
            .map(scores.axes()::subset)
            .map(scores::observed)
            .toList();

    assertThat(
            new SurfaceProposer(AllowedSubsets.all(scores.axes()), SearchSettings.of(8, 1))
                .next(History.of(List.of(all))))
        .isInstanceOf(SearchStep.Stop.class);
  }

  @Test
  void aRoundHasItsWidthAndAnExpectation() {
    SyntheticScores scores = new SyntheticScores(14, SyntheticScores.Kind.QUADRATIC, 0.001, 1);
    List<List<Observation>> rounds = new ArrayList<>();
    searched(scores, 1, rounds);
    SearchStep step =
        new SurfaceProposer(AllowedSubsets.all(scores.axes()), SearchSettings.of(14, 1))
            .next(History.of(rounds.subList(0, 14)));

    assertThat(step).isInstanceOf(SearchStep.Evaluate.class);
    assertThat(((SearchStep.Evaluate) step).mixtures()).hasSize(8).doesNotHaveDuplicates();
    assertThat(((SearchStep.Evaluate) step).expectedImprovement().orElseThrow()).isPositive();
  }

  @Test
  void twoHundredDatasetsAreProposedInSeconds() {
    SyntheticScores scores = new SyntheticScores(200, SyntheticScores.Kind.QUADRATIC, 0, 1);
    AllowedSubsets allowed = AllowedSubsets.all(scores.axes());
    FirstRound first = new FirstRound(allowed);
    List<Observation> seen = first.mixtures().stream().map(scores::observed).toList();
    Surface surface = SurfaceChoice.of(scores.axes(), seen).best();
    CandidatePool pool = new CandidatePool(50);

    new LocalSearch(allowed, surface, pool).from(scores.axes().members(best(seen).mixture()));

    assertThat(pool.lowestFirst()).hasSize(50).doesNotHaveDuplicates();
  }

  @Test
  void ratiosAreBetterThanTheBestSubsetAndWellRounded() {
    for (long seed = 0; seed < 3; seed++) {
      SyntheticScores scores =
          new SyntheticScores(10, SyntheticScores.Kind.QUADRATIC, 0.0003, seed);
      List<Observation> seen = searched(scores, seed, new ArrayList<>());
      Surface surface = SurfaceChoice.of(scores.axes(), seen).best();
      List<Mixture> ratios =
          new RatioRefinement(AllowedSubsets.all(scores.axes()), surface).minima(seen);

      assertThat(ratios).isNotEmpty();
      double[] weights = scores.axes().weights(ratios.get(0));
      assertThat(scores.truth(weights)).isLessThan(scores.lowestOfSubsets());
      assertThat(Arrays.stream(weights).boxed())
          .allMatch(weight -> weight == 0 || weight >= .02)
          .allMatch(weight -> weight == Math.rint(1000 * weight) / 1000);
      assertThat(Arrays.stream(weights).map(weight -> Math.rint(1000 * weight)).sum())
          .isEqualTo(1000);
    }
  }

  @Test
  void ratiosKeepToTheBounds() {
    SyntheticScores scores = new SyntheticScores(8, SyntheticScores.Kind.QUADRATIC, 0, 2);
    AllowedSubsets allowed =
        AllowedSubsets.of(scores.axes(), 3, 3, List.of("d001"), List.of("d004"));
    List<Observation> seen =
        allowed.list().stream().map(scores.axes()::subset).map(scores::observed).toList();

    assertThat(
            new RatioRefinement(allowed, SurfaceChoice.of(scores.axes(), seen).best()).minima(seen))
        .isNotEmpty()
        .allMatch(allowed::allows)
        .allSatisfy(ratio -> assertThat(ratio.weights()).allMatch(weight -> weight >= .02));
  }

  private static List<Observation> searched(
      SyntheticScores scores, long seed, List<List<Observation>> rounds) {
    AllowedSubsets allowed = AllowedSubsets.all(scores.axes());
    Proposer proposer = new SurfaceProposer(allowed, SearchSettings.of(scores.axes().size(), seed));
    while (proposer.next(History.of(rounds)) instanceof SearchStep.Evaluate evaluate) {
      rounds.add(evaluate.mixtures().stream().map(scores::observed).toList());
    }
    return History.of(rounds).observations();
  }

  private static Observation best(List<Observation> seen) {
    return seen.stream().min(Comparator.comparingDouble(Observation::score)).orElseThrow();
  }
}
