package org.mergetomix.statistics.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.junit.jupiter.api.Test;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.SubsetWeights;
import org.mergetomix.mixture.SubsetWeights.By;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ScoreUnit;
import org.mergetomix.statistics.attribution.ScoreModel.Basis;
import org.mergetomix.surface.Axes;
import org.mergetomix.table.Interaction;
import org.mergetomix.testing.SyntheticScores;

class ScoreModelFitTest {

  private static final int DATASETS = 6;
  private static final SyntheticScores SCORES =
      new SyntheticScores(DATASETS, SyntheticScores.Kind.QUADRATIC, 0.0002, 1);
  private static final ScoreUnit LOWER = new ScoreUnit("points", Direction.LOWER_IS_BETTER);
  private static final double BASE = 2.6;

  @Test
  void everyMixtureMakesGainsExact() {
    ScoreModel model = model(subsets(1, DATASETS), LOWER);

    assertThat(model.basis()).isEqualTo(Basis.EXACT);
    assertThat(model.mixtures()).isEqualTo(63);
    assertThat(model.explained()).isGreaterThan(0.99);
    assertThat(model.rivals()).hasSize(1).doesNotContainKey(model.surface());
    assertThat(model.rivals().values()).allMatch(rival -> rival <= model.explained());
    assertThat(model.gains()).hasSize(DATASETS).allMatch(gain -> !gain.shapley().hasError());
    Mixture all = Mixture.subset(SCORES.axes().datasets());
    assertThat(model.gains().stream().mapToDouble(gain -> gain.shapley().value()).sum())
        .isCloseTo(BASE - subsets(1, DATASETS).get(all), within(1e-9));
    assertThat(model.gains().stream().map(gain -> -gain.shapley().value())).isSorted();
  }

  @Test
  void allButOneMakeErrorsThatHold() {
    Map<Mixture, Double> some = subsets(1, 1);
    some.putAll(subsets(DATASETS - 1, DATASETS));
    some.putAll(subsets(2, 2));
    ScoreModel exact = model(subsets(1, DATASETS), LOWER);
    ScoreModel model = model(some, LOWER);

    assertThat(model.basis()).isEqualTo(Basis.SURFACE);
    for (DatasetGain gain : model.gains()) {
      double truth =
          exact.gains().stream()
              .filter(other -> other.dataset().equals(gain.dataset()))
              .findFirst()
              .orElseThrow()
              .shapley()
              .value();
      assertThat(gain.shapley().value()).isCloseTo(truth, within(2 * gain.shapley().margin()));
    }
  }

  @Test
  void withoutThemGainsAreRoughAndWithoutSinglesThereAreNone() {
    Map<Mixture, Double> some = subsets(1, 2);
    some.putAll(subsets(DATASETS, DATASETS));

    assertThat(model(some, LOWER).basis()).isEqualTo(Basis.ROUGH);
    assertThat(model(some, LOWER).gains()).allMatch(gain -> !gain.shapley().hasError());
    assertThat(model(subsets(2, DATASETS), LOWER).basis()).isEqualTo(Basis.NONE);
    assertThat(model(subsets(2, DATASETS), LOWER).gains()).isEmpty();
  }

  @Test
  void turnsScoresThatAreBetterWhenTheyAreHigher() {
    Map<Mixture, Double> turned = subsets(1, DATASETS);
    turned.replaceAll((mixture, score) -> -score);
    ScoreModel lower = model(subsets(1, DATASETS), LOWER);
    ScoreModel higher =
        ScoreModelFit.of(turned, new ScoreUnit("points", Direction.HIGHER_IS_BETTER), -BASE, 1)
            .orElseThrow();

    assertThat(higher.gains()).isEqualTo(lower.gains());
    assertThat(higher.predictions().get(0).measured())
        .isEqualTo(-lower.predictions().get(0).measured());
  }

  @Test
  void predictsEachMixtureFromTheOthers() {
    ScoreModel model = model(subsets(1, 3), LOWER);

    assertThat(model.predictions()).hasSize(6 + 15 + 20);
    assertThat(model.predictions())
        .allSatisfy(
            one -> {
              assertThat(one.measured()).isEqualTo(subsets(1, 3).get(one.mixture()));
              assertThat(one.expected()).isNotEqualTo(one.measured());
            });
  }

  @Test
  void everyPairHasAnInteractionThatIsExactOrCloseToIt() {
    Map<Mixture, Double> some = subsets(1, 2);
    some.putAll(subsets(DATASETS - 1, DATASETS));
    ScoreModel exact = model(subsets(1, DATASETS), LOWER);
    ScoreModel fitted = model(some, LOWER);
    double[] truth = gains(exact);

    assertThat(exact.interactions()).hasSize(15).allMatch(pair -> !pair.gain().hasError());
    assertThat(exact.interactions()).allMatch(pair -> pair.first().compareTo(pair.second()) < 0);
    assertThat(fitted.basis()).isEqualTo(Basis.SURFACE);
    assertThat(new PearsonsCorrelation().correlation(truth, gains(fitted))).isGreaterThan(.9);
    for (int i = 0; i < truth.length; i++) {
      Estimate said = fitted.interactions().get(i).gain();
      assertThat(said.value()).isCloseTo(truth[i], within(2 * said.margin()));
    }
    assertThat(model(subsets(2, DATASETS), LOWER).interactions()).isEmpty();
  }

  /** The score of a mixture is how many of three letters are missing; a has what b has and more. */
  @Test
  void whatAnotherHasTooCanBeReplacedByIt() {
    Map<String, String> letters = Map.of("a", "xy", "b", "x", "c", "z");
    Map<Mixture, Double> scores = new HashMap<>();
    for (String id : List.of("a", "b", "c", "a+b", "a+c", "b+c", "a+b+c")) {
      Mixture mixture = Mixture.parse(id);
      long there =
          mixture.datasets().stream()
              .flatMapToInt(dataset -> letters.get(dataset).chars())
              .distinct()
              .count();
      scores.put(mixture, 3.0 - there);
    }

    ScoreModel model = ScoreModelFit.of(scores, LOWER, 3, 1).orElseThrow();

    Interaction overlap = model.interactions().get(0);
    assertThat(overlap.first() + overlap.second()).isEqualTo("ab");
    assertThat(overlap.gain().value()).isCloseTo(-1, within(1e-12));
    assertThat(overlap.secondReplaced()).isGreaterThanOrEqualTo(1);
    assertThat(overlap.firstReplaced()).isBetween(.3, .7);
    assertThat(model.interactions().get(1).gain().value()).isCloseTo(0, within(1e-12));
    assertThat(model.interactions().get(1).firstReplaced()).isCloseTo(0, within(1e-12));
  }

  /**
   * A dataset that adds next to nothing, and that not beside a: nothing can be said to replace it.
   */
  @Test
  void tellsNoShareOfAGainThatIsNextToNothing() {
    Map<Mixture, Double> scores = new HashMap<>();
    for (String id : List.of("a", "b", "c", "a+b", "a+c", "b+c", "a+b+c")) {
      Mixture mixture = Mixture.parse(id);
      List<String> there = mixture.datasets();
      double gain = there.contains("a") ? 1 : there.contains("c") ? 0.01 : 0;
      scores.put(mixture, 3 - gain - (there.contains("b") ? 1 : 0));
    }

    ScoreModel model = ScoreModelFit.of(scores, LOWER, 3, 1).orElseThrow();

    Interaction pair = model.interactions().get(1);
    assertThat(pair.first() + pair.second()).isEqualTo("ac");
    assertThat(pair.gain().value()).isCloseTo(-0.01, within(1e-12));
    assertThat(pair.firstReplaced()).isBetween(0.0, .02);
    assertThat(pair.secondReplaced()).isNaN();
  }

  private static double[] gains(ScoreModel model) {
    return model.interactions().stream().mapToDouble(pair -> pair.gain().value()).toArray();
  }

  @Test
  void ratiosDoNotMakeAFactorialFull() {
    Map<Mixture, Double> some = subsets(1, DATASETS);
    some.remove(Mixture.parse("d000+d001"));
    some.put(Mixture.parse("d000:0.3+d001:0.7"), 2.0);

    assertThat(model(some, LOWER).basis()).isNotEqualTo(Basis.EXACT);
  }

  @Test
  void errorsHoldForWeightsByDataToo() {
    int held = 0;
    int gains = 0;
    for (int seed = 1; seed <= 12; seed++) {
      SyntheticScores scores =
          new SyntheticScores(DATASETS, SyntheticScores.Kind.QUADRATIC, 0.0002, seed);
      Random sizes = new Random(seed);
      TreeMap<String, Long> amounts = new TreeMap<>();
      scores.axes().datasets().forEach(id -> amounts.put(id, 50L + sizes.nextInt(1_000)));
      SubsetWeights weights = new SubsetWeights(By.EXAMPLE, amounts);
      Map<Mixture, Double> all = subsets(scores, weights, 1, DATASETS);
      Map<Mixture, Double> some = subsets(scores, weights, 1, 2);
      some.putAll(subsets(scores, weights, DATASETS - 1, DATASETS));
      ScoreModel exact = ScoreModelFit.of(all, Map.of(), weights, LOWER, BASE, seed).orElseThrow();
      ScoreModel fitted =
          ScoreModelFit.of(some, Map.of(), weights, LOWER, BASE, seed).orElseThrow();

      assertThat(exact.basis()).isEqualTo(Basis.EXACT);
      if (fitted.basis() != Basis.SURFACE) {
        continue;
      }
      double[] truth = gains(exact);
      double[] estimates = gains(fitted);
      Map<String, Estimate> errors =
          fitted.gains().stream()
              .collect(Collectors.toMap(DatasetGain::dataset, DatasetGain::shapley));
      for (int i = 0; i < DATASETS; i++) {
        String dataset = scores.axes().datasets().get(i);
        gains++;
        held += Math.abs(truth[i] - estimates[i]) <= errors.get(dataset).margin() ? 1 : 0;
      }
    }
    assertThat(gains).isGreaterThan(6 * DATASETS);
    assertThat(held / (double) gains).isBetween(0.92, 1.0);
  }

  private static Map<Mixture, Double> subsets(
      SyntheticScores scores, SubsetWeights weights, int least, int most) {
    Map<Mixture, Double> observed = new HashMap<>();
    Axes axes = Axes.of(scores.axes().datasets(), weights);
    IntStream.range(1, 1 << DATASETS)
        .filter(mask -> Integer.bitCount(mask) >= least && Integer.bitCount(mask) <= most)
        .mapToObj(mask -> axes.subset(BitSet.valueOf(new long[] {mask})))
        .forEach(mixture -> observed.put(mixture, scores.observed(mixture).score()));
    return observed;
  }

  @Test
  void knowsTheDatasetsOfMixturesThatHaveAScore() {
    Map<Mixture, Double> some = subsets(1, DATASETS);
    String failed = SCORES.axes().datasets().get(1);
    some.keySet().removeIf(mixture -> mixture.datasets().contains(failed));

    ScoreModel model = model(some, LOWER);

    assertThat(model.datasets()).doesNotContain(failed).hasSize(DATASETS - 1).isSorted();
    assertThat(model.expected().applyAsDouble(Mixture.subset(model.datasets()))).isFinite();
  }

  @Test
  void fewScoresAndEqualOnesSayNothing() {
    Map<Mixture, Double> equal = subsets(1, DATASETS);
    equal.replaceAll((mixture, score) -> 1.0);

    assertThat(ScoreModelFit.of(equal, LOWER, BASE, 1)).isEmpty();
    assertThat(ScoreModelFit.of(subsets(1, 1), LOWER, BASE, 1)).isEmpty();
    assertThat(ScoreModelFit.of(Map.of(), LOWER, BASE, 1)).isEmpty();
  }

  private static ScoreModel model(Map<Mixture, Double> scores, ScoreUnit unit) {
    return ScoreModelFit.of(scores, unit, BASE, 1).orElseThrow();
  }

  private static Map<Mixture, Double> subsets(int least, int most) {
    Map<Mixture, Double> scores = new HashMap<>();
    List<BitSet> masks =
        IntStream.range(1, 1 << DATASETS)
            .filter(mask -> Integer.bitCount(mask) >= least && Integer.bitCount(mask) <= most)
            .mapToObj(mask -> BitSet.valueOf(new long[] {mask}))
            .toList();
    for (BitSet members : masks) {
      Mixture mixture = SCORES.axes().subset(members);
      scores.put(mixture, SCORES.observed(mixture).score());
    }
    return scores;
  }
}
