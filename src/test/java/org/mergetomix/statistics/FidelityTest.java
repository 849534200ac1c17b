package org.mergetomix.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.mergetomix.score.Direction.HIGHER_IS_BETTER;
import static org.mergetomix.score.Direction.LOWER_IS_BETTER;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;

class FidelityTest {

  private static final Offset<Double> ROUNDING = within(1e-12);

  @Test
  void perfectAgreementIsOne() {
    Fidelity fidelity = fidelity(LOWER_IS_BETTER, IntStream.range(0, 16).mapToObj(i -> at(i, i)));

    assertThat(fidelity.mixtures()).isEqualTo(16);
    for (Correlation correlation : all(fidelity)) {
      assertThat(correlation.value()).isCloseTo(1, ROUNDING);
      assertThat(correlation.interval().low()).isCloseTo(1, ROUNDING);
      assertThat(correlation.interval().high()).isCloseTo(1, ROUNDING).isLessThanOrEqualTo(1);
      assertThat(correlation.interval().confidence()).isEqualTo(0.95);
    }
    assertThat(fidelity.topQuarterOverlap()).isEqualTo(1);
    assertThat(fidelity.regret()).isZero();
    assertThat(fidelity.relativeRegret()).isZero();
  }

  @Test
  void theReverseIsMinusOne() {
    Fidelity fidelity =
        fidelity(LOWER_IS_BETTER, IntStream.range(0, 16).mapToObj(i -> at(i, 20 - i)));

    for (Correlation correlation : all(fidelity)) {
      assertThat(correlation.value()).isCloseTo(-1, ROUNDING);
      assertThat(correlation.interval().high()).isCloseTo(-1, ROUNDING);
    }
    assertThat(fidelity.topQuarterOverlap()).isZero();
    assertThat(fidelity.regret()).isEqualTo(15);
    assertThat(fidelity.relativeRegret()).isEqualTo(3);
  }

  /** Worked by hand: ranks 1 2.5 2.5 4 5 against 2 1 3 5 4; 7 pairs agree, 2 do not, 1 is tied. */
  @Test
  void tiesShareTheirRank() {
    Fidelity fidelity =
        fidelity(LOWER_IS_BETTER, at(1, 20), at(2, 10), at(2, 30), at(4, 50), at(6, 40));

    assertThat(fidelity.pearson().value()).isCloseTo(90 / Math.sqrt(16 * 1000), ROUNDING);
    assertThat(fidelity.spearman().value()).isCloseTo(7 / Math.sqrt(9.5 * 10), ROUNDING);
    assertThat(fidelity.kendall().value()).isCloseTo(5 / Math.sqrt(9 * 10), ROUNDING);
  }

  @Test
  void directionDecidesWhatIsBest() {
    List<FidelityPoint> points =
        List.of(at("a+b", 1, 10), at("a+c", 2, 12), at("b+c", 3, 11), at("a+d", 0, 9));

    Fidelity lower = fidelity(LOWER_IS_BETTER, points.stream());
    Fidelity higher = fidelity(HIGHER_IS_BETTER, points.stream());

    assertThat(lower.regret()).isZero();
    assertThat(lower.topQuarterOverlap()).isEqualTo(1);
    assertThat(higher.regret()).isEqualTo(1);
    assertThat(higher.relativeRegret()).isEqualTo(1.0 / 12);
    assertThat(higher.topQuarterOverlap()).isZero();
  }

  @Test
  void regretIsRelativeToTheAbsoluteBestScore() {
    Fidelity negative = fidelity(HIGHER_IS_BETTER, at(3, -5), at(2, -4), at(1, -6));
    Fidelity zero = fidelity(HIGHER_IS_BETTER, at(3, -5), at(2, 0), at(1, -6));

    assertThat(negative.relativeRegret()).isEqualTo(0.25);
    assertThat(zero.relativeRegret()).isInfinite();
  }

  @Test
  void overlapCountsTheBestQuarterRoundedAndBreaksTiesById() {
    // Ten mixtures: a quarter is three (2.5 rounded up).
    List<FidelityPoint> points =
        new ArrayList<>(List.of(at("a", 1, 1), at("b", 1, 9), at("c", 1, 2), at("d", 1, 3)));
    IntStream.range(0, 6).forEach(i -> points.add(at("x" + i, 5 + i, 5 + i)));

    assertThat(fidelity(LOWER_IS_BETTER, points.stream()).topQuarterOverlap())
        .isCloseTo(2.0 / 3, ROUNDING);
  }

  @Test
  void constantScoresHaveNoCorrelation() {
    Fidelity fidelity = fidelity(LOWER_IS_BETTER, at(1, 3), at(1, 4), at(1, 5));

    for (Correlation correlation : all(fidelity)) {
      assertThat(correlation.value()).isNaN();
      assertThat(correlation.interval().low()).isNaN();
      assertThat(correlation.interval().high()).isNaN();
    }
    assertThat(fidelity.regret()).isZero();
  }

  /** More than half of the resamples of these points are constant; not one of them may be used. */
  @Test
  void resamplesAlwaysVary() {
    List<FidelityPoint> points =
        List.of(at("a", 1, 1), at("b", 1, 1), at("c", 2, 1), at("d", 1, 2));

    assertThat(LongStream.range(0, 100).boxed())
        .allSatisfy(
            seed -> {
              Fidelity fidelity = Fidelity.of(points, LOWER_IS_BETTER, 1, 0.95, seed).orElseThrow();
              for (Correlation correlation : all(fidelity)) {
                assertThat(correlation.interval().low()).isBetween(-1.0, 0.0);
                assertThat(correlation.interval().high()).isBetween(-1.0, 0.0);
              }
            });
  }

  @Test
  void figuresRepeatWhateverTheOrderOfPoints() {
    Random random = new Random(7);
    List<FidelityPoint> points =
        new ArrayList<>(
            IntStream.range(0, 20).mapToObj(i -> at(i, i + 6 * random.nextGaussian())).toList());
    Fidelity before = fidelity(LOWER_IS_BETTER, points.stream());
    Collections.shuffle(points, random);

    assertThat(fidelity(LOWER_IS_BETTER, points.stream())).isEqualTo(before);
    assertThat(Fidelity.of(points, LOWER_IS_BETTER, 500, 0.95, 2)).isNotEqualTo(before);
  }

  /** For normal scores the interval is known from Fisher's transformation. */
  @Test
  void intervalIsAboutAsWideAsTheoryHasIt() {
    Random random = new Random(11);
    List<FidelityPoint> points =
        IntStream.range(0, 400)
            .mapToObj(
                i -> {
                  double shared = random.nextGaussian();
                  return at(
                      "m" + i, shared + random.nextGaussian(), shared + random.nextGaussian());
                })
            .toList();

    Correlation pearson =
        Fidelity.of(points, LOWER_IS_BETTER, 2000, 0.5, 1).orElseThrow().pearson();
    double centre = 0.5 * Math.log((1 + pearson.value()) / (1 - pearson.value()));
    assertThat(pearson.value()).isCloseTo(0.5, within(0.1));
    assertThat(pearson.interval().low())
        .isCloseTo(Math.tanh(centre - 0.674 / Math.sqrt(397)), within(0.006));
    assertThat(pearson.interval().high())
        .isCloseTo(Math.tanh(centre + 0.674 / Math.sqrt(397)), within(0.006));
  }

  @Test
  void leavesOutMixturesWithoutBothScoresAndSaysWhenTooFewAreLeft() {
    List<FidelityPoint> points =
        List.of(at(1, 1), at(2, 2), at(3, Double.NaN), at(Double.NaN, 4), at(5, 5));

    assertThat(Fidelity.of(points, LOWER_IS_BETTER, 100, 0.95, 1))
        .hasValueSatisfying(fidelity -> assertThat(fidelity.mixtures()).isEqualTo(3));
    assertThat(Fidelity.of(points.subList(0, 4), LOWER_IS_BETTER, 100, 0.95, 1)).isEmpty();
    assertThat(Fidelity.of(List.of(), LOWER_IS_BETTER, 100, 0.95, 1)).isEmpty();
  }

  @Test
  void refusesAnIntervalThatCannotBe() {
    List<FidelityPoint> points = List.of(at(1, 1), at(2, 2), at(3, 3));

    assertThatThrownBy(() -> Fidelity.of(points, LOWER_IS_BETTER, 0, 0.95, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("No interval comes from 0 samples with confidence 0.95");
    assertThatThrownBy(() -> Fidelity.of(points, LOWER_IS_BETTER, 10, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Fidelity fidelity(Direction direction, FidelityPoint... points) {
    return fidelity(direction, List.of(points).stream());
  }

  private static Fidelity fidelity(Direction direction, Stream<FidelityPoint> points) {
    return Fidelity.of(points.toList(), direction, 500, 0.95, 1).orElseThrow();
  }

  private static List<Correlation> all(Fidelity fidelity) {
    return List.of(fidelity.pearson(), fidelity.spearman(), fidelity.kendall());
  }

  private static FidelityPoint at(double surrogate, double real) {
    return at("m" + surrogate + "/" + real, surrogate, real);
  }

  private static FidelityPoint at(String mixture, double surrogate, double real) {
    return new FidelityPoint(
        mixture, "spread", new Estimate(surrogate, 0.1), new Estimate(real, 0.1));
  }
}
