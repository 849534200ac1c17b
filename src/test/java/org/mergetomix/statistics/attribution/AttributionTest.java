package org.mergetomix.statistics.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.correlation.KendallsCorrelation;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mergetomix.score.Estimate;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Observation;
import org.mergetomix.surface.QuadraticSurface;
import org.mergetomix.testing.SyntheticScores;

class AttributionTest {

  private static final double EMPTY = 2.6;

  @Test
  void exactOnesAreWhatTheDefinitionsSay() {
    Attribution exact = new FactorialAttribution(new double[] {10, 6, 8, 5, 9, 5, 8, 4});

    assertThat(exact.shapley(0).value()).isCloseTo((-4 - 3.5 - 4) / 3, within(1e-12));
    assertThat(IntStream.range(0, 3).mapToDouble(i -> exact.shapley(i).value()).sum())
        .isCloseTo(4 - 10, within(1e-12));
    assertThat(exact.mainEffect(0).value()).isCloseTo((-3 - 4 - 4) / 3.0, within(1e-12));
    assertThat(exact.interaction(0, 1).value()).isCloseTo(4 - 5 - 8 + 9, within(1e-12));
  }

  @Test
  void closedFormIsTheEnumerationOfTheSurface() {
    SyntheticScores scores = new SyntheticScores(6, SyntheticScores.Kind.QUADRATIC, 0.01, 1);
    QuadraticSurface surface = surface(scores);
    Attribution exact = new FactorialAttribution(enumerated(6, scores.axes(), surface::mean));
    Attribution closed = new QuadraticAttribution(surface, 6, EMPTY);

    for (int i = 0; i < 6; i++) {
      assertThat(closed.shapley(i).value()).isCloseTo(exact.shapley(i).value(), within(1e-9));
      assertThat(closed.mainEffect(i).value()).isCloseTo(exact.mainEffect(i).value(), within(1e-9));
      for (int j = 0; j < i; j++) {
        assertThat(closed.interaction(i, j).value())
            .isCloseTo(exact.interaction(i, j).value(), within(1e-9));
      }
    }
  }

  @Test
  void sampledOnesAgreeWithinTheirErrors() {
    SyntheticScores scores = new SyntheticScores(6, SyntheticScores.Kind.QUADRATIC, 0.001, 2);
    QuadraticSurface surface = surface(scores);
    Attribution closed = new QuadraticAttribution(surface, 6, EMPTY);
    Attribution sampled = new SampledAttribution(surface, scores.axes(), EMPTY, 240, 1);

    for (int i = 0; i < 6; i++) {
      assertAgree(sampled.shapley(i), closed.shapley(i));
      assertAgree(sampled.mainEffect(i), closed.mainEffect(i));
      assertAgree(sampled.interaction(i, (i + 1) % 6), closed.interaction(i, (i + 1) % 6));
    }
  }

  @ParameterizedTest
  @CsvSource({"8, .03", "12, .12"})
  void valuesComeCloseAfterSinglesAllAndAllButOne(int datasets, double share) {
    for (long seed = 0; seed < 3; seed++) {
      SyntheticScores scores =
          new SyntheticScores(datasets, SyntheticScores.Kind.QUADRATIC, 0.0002, seed);
      Attribution exact =
          new FactorialAttribution(enumerated(datasets, scores.axes(), scores::truth));
      Attribution fitted = new QuadraticAttribution(surface(scores), datasets, EMPTY);

      double[] truth = values(datasets, exact);
      double[] estimates = values(datasets, fitted);
      double range =
          IntStream.range(0, datasets).mapToDouble(i -> truth[i]).max().orElseThrow()
              - IntStream.range(0, datasets).mapToDouble(i -> truth[i]).min().orElseThrow();
      for (int i = 0; i < datasets; i++) {
        assertThat(estimates[i]).isCloseTo(truth[i], within(share * range));
      }
      assertThat(new KendallsCorrelation().correlation(truth, estimates)).isGreaterThan(.9);
    }
  }

  @Test
  void interactionsFollowTheExactOnesOnceMoreIsEvaluated() {
    SyntheticScores scores = new SyntheticScores(8, SyntheticScores.Kind.QUADRATIC, 0, 4);
    double[] truth = enumerated(8, scores.axes(), scores::truth);
    List<Observation> seen = new ArrayList<>(start(scores));
    for (int mask = 3; mask < 255; mask += 5) {
      BitSet members = BitSet.valueOf(new long[] {mask});
      if (members.cardinality() > 1 && members.cardinality() < 7) {
        seen.add(scores.observed(scores.axes().subset(members)));
      }
    }
    Attribution exact = new FactorialAttribution(truth);
    Attribution fitted =
        new QuadraticAttribution(QuadraticSurface.fit(scores.axes(), seen), 8, EMPTY);
    List<Double> exactPairs = new ArrayList<>();
    List<Double> fittedPairs = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      for (int j = 0; j < i; j++) {
        exactPairs.add(exact.interaction(i, j).value());
        fittedPairs.add(fitted.interaction(i, j).value());
      }
    }

    assertThat(
            new PearsonsCorrelation()
                .correlation(
                    exactPairs.stream().mapToDouble(Double::doubleValue).toArray(),
                    fittedPairs.stream().mapToDouble(Double::doubleValue).toArray()))
        .isGreaterThan(.95);
  }

  private static void assertAgree(Estimate sampled, Estimate closed) {
    assertThat(sampled.value())
        .isCloseTo(closed.value(), within(4 * sampled.standardError() + 1e-9));
    assertThat(sampled.standardError()).isPositive();
  }

  private static double[] values(int datasets, Attribution attribution) {
    return IntStream.range(0, datasets).mapToDouble(i -> attribution.shapley(i).value()).toArray();
  }

  private static QuadraticSurface surface(SyntheticScores scores) {
    return QuadraticSurface.fit(scores.axes(), start(scores));
  }

  /** Singles, all but one, and all: 2N + 1. */
  private static List<Observation> start(SyntheticScores scores) {
    Axes axes = scores.axes();
    List<Observation> seen = new ArrayList<>();
    BitSet all = new BitSet();
    all.set(0, axes.size());
    seen.add(scores.observed(axes.subset(all)));
    for (int i = 0; i < axes.size(); i++) {
      BitSet one = new BitSet();
      one.set(i);
      BitSet others = (BitSet) all.clone();
      others.clear(i);
      seen.add(scores.observed(axes.subset(one)));
      seen.add(scores.observed(axes.subset(others)));
    }
    return seen;
  }

  private static double[] enumerated(int datasets, Axes axes, ToDoubleFunction<double[]> scores) {
    double[] all = new double[1 << datasets];
    all[0] = EMPTY;
    for (int mask = 1; mask < all.length; mask++) {
      all[mask] = scores.applyAsDouble(axes.weights(BitSet.valueOf(new long[] {mask})));
    }
    return all;
  }
}
