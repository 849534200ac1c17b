package org.mergetomix.statistics.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.statistics.correction.SurrogateCorrection;
import org.mergetomix.testing.CorrectionSimulation;
import org.mergetomix.testing.CoverageSimulation;
import org.mergetomix.testing.RaceSimulation;

class DecisionTest {

  @Test
  void whatCannotBeToldFromTheBestIsTiedAndBoundsTheRegret() {
    assertThat(PairedGap.tied(new Estimate(1.9, 1))).isTrue();
    assertThat(PairedGap.tied(new Estimate(2, 1))).isFalse();
    assertThat(PairedGap.regretBound(List.of(new Estimate(2, 1), new Estimate(1, 1))))
        .isCloseTo(.96, within(1e-12));
    assertThat(PairedGap.regretBound(List.of(new Estimate(2, 1)))).isZero();
  }

  @Test
  void ranksSpreadWhereScoresAreCloseAndOnlyThere() {
    Random random = new Random(1);
    double[] hardness = random.doubles(200).toArray();
    double[] weights = random.doubles(200, 1, 2).toArray();
    Resamples resamples = new Resamples(weights, 400, 1);
    BootstrapRanks ranks = new BootstrapRanks(400);
    for (double worse : new double[] {.5, 0, 0.001, 0.001}) {
      double[] row = hardness.clone();
      for (int e = 0; e < row.length; e++) {
        row[e] += worse + .05 * random.nextGaussian();
      }
      ranks.add(new ExampleScores(row, weights).mean().value(), resamples.means(row));
    }

    List<BootstrapRanks.Rank> found = ranks.ranks();

    assertThat(found.get(0))
        .isEqualTo(new BootstrapRanks.Rank(4, 4, 4, found.get(0).relativeWeightOfBest()));
    assertThat(found.get(0).relativeWeightOfBest()).isZero();
    assertThat(found.subList(1, 4)).allMatch(rank -> rank.lower() < rank.upper());
    assertThat(found.stream().mapToDouble(BootstrapRanks.Rank::relativeWeightOfBest).sum())
        .isCloseTo(1, within(1e-9));
  }

  @Test
  void equalMixturesShareARank() {
    double[] resampled =
        new Resamples(new double[] {1, 1, 1}, 100, 1).means(new double[] {1, 2, 3});
    BootstrapRanks ranks = new BootstrapRanks(100);
    ranks.add(2, resampled);
    ranks.add(2, resampled);

    assertThat(ranks.ranks()).containsOnly(new BootstrapRanks.Rank(1, 1, 1, .5));
  }

  @Test
  void intervalsCoverWhatTheySay() {
    Map<String, Double> coverage = new CoverageSimulation(5, 150, 1).coverage(60);

    assertThat(coverage.get("winner's score")).isBetween(.88, 1.001);
    assertThat(coverage.get("best in tied set")).isBetween(.9, 1.001);
    assertThat(coverage.get("regret bound")).isBetween(.9, 1.001);
    assertThat(coverage.get("confirmed gap")).isBetween(.86, 1.001);
    assertThat(coverage.get("ranks")).isBetween(.9, 1.001);
  }

  @Test
  void aRaceKeepsTheBestOrItsLikeAndCostsLess() {
    RaceSimulation races = new RaceSimulation(8, 1);
    for (long shuffle = 0; shuffle < 2; shuffle++) {
      RaceSimulation.Outcome plain = races.race(shuffle, 0);
      RaceSimulation.Outcome surface = races.race(shuffle, 24);

      assertThat(plain.bestOrTied()).isTrue();
      assertThat(surface.bestOrTied()).isTrue();
      assertThat(surface.share()).isLessThan(.2).isLessThan(plain.share());
    }
  }

  @Test
  void aRaceDropsNothingThatScoresLikeTheLeader() {
    double[][] scores = new double[3][50];
    Random random = new Random(1);
    for (int e = 0; e < 50; e++) {
      scores[0][e] = random.nextDouble();
      scores[1][e] = scores[0][e];
      scores[2][e] = scores[0][e] + 1 + .1 * random.nextGaussian();
    }
    double[] weights = new double[50];
    Arrays.fill(weights, 1);

    Race.Look look = new Race(5, .05, 1).look(List.of(Race.Seen.of(1, 100, weights, scores)));

    assertThat(look.survivors()).containsExactly(0, 1);
    assertThat(look.gaps().get(2).value()).isCloseTo(1, within(.1));
    assertThat(look.gaps().get(2).standardError()).isBetween(.005, .02);
    assertThat(look.quantile()).isGreaterThan(1.96);
  }

  @Test
  void aTaskCountsInARaceByItsPartInTheScore() {
    double[][] better = {{1, 2, 3, 4}, {2.1, 2.9, 4, 5}};
    double[][] worse = {{4, 3, 2, 1}, {2.9, 2.1, 1, 0}};
    double[] weights = {1, 1, 1, 1};
    Race race = new Race(1, .05, 1);

    Race.Look even =
        race.look(
            List.of(Race.Seen.of(.5, 8, weights, better), Race.Seen.of(.5, 8, weights, worse)));
    Race.Look turned =
        race.look(
            List.of(Race.Seen.of(.5, 8, weights, better), Race.Seen.of(-.5, 8, weights, worse)));

    assertThat(even.gaps().get(1).value()).isCloseTo(0, within(1e-12));
    assertThat(even.survivors()).containsExactly(0, 1);
    assertThat(turned.leader()).isZero();
    assertThat(turned.gaps().get(1).value()).isCloseTo(1, within(1e-12));
    assertThat(turned.survivors()).containsExactly(0);
  }

  @Test
  void fewPlannedTrainingsHalveTheErrorOfSurrogates() {
    for (long seed = 0; seed < 3; seed++) {
      CorrectionSimulation simulation = new CorrectionSimulation(6, seed);
      SurrogateCorrection correction = simulation.planned(8);

      assertThat(correction.improves()).isTrue();
      assertThat(simulation.ratio(correction)).isLessThan(.5);
      assertThat(simulation.covered(correction)).isGreaterThan(.92);
    }
  }

  @Test
  void singleDatasetsAreNeverCorrected() {
    CorrectionSimulation simulation = new CorrectionSimulation(6, 1);
    SurrogateCorrection correction = simulation.planned(8);

    assertThat(correction.corrected(Mixture.parse("d002"), 2.25)).isEqualTo(new Estimate(2.25, 0));
  }
}
