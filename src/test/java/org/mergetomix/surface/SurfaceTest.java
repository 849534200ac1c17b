package org.mergetomix.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.testing.SyntheticScores;

class SurfaceTest {

  private static final SyntheticScores SCORES =
      new SyntheticScores(8, SyntheticScores.Kind.QUADRATIC, 0, 1);
  private static final Axes AXES = SCORES.axes();
  private static final List<Observation> SEEN = observed(SCORES, 60, 1);

  static Stream<Surface> surfaces() {
    return Stream.of(QuadraticSurface.fit(AXES, SEEN), RootProcess.fit(AXES, SEEN));
  }

  @Test
  void quadraticPredictsAllSubsetsAndRatiosOfQuadraticScores() {
    Surface surface = QuadraticSurface.fit(AXES, SEEN);
    List<double[]> unseen = new ArrayList<>();
    IntStream.range(1, 256)
        .mapToObj(mask -> AXES.weights(BitSet.valueOf(new long[] {mask})))
        .forEach(unseen::add);
    Random random = new Random(2);
    IntStream.range(0, 50)
        .mapToObj(i -> random.doubles(8).map(value -> -Math.log(value)).toArray())
        .map(SurfaceTest::normalised)
        .forEach(unseen::add);

    assertThat(unseen)
        .allSatisfy(
            weights ->
                assertThat(surface.mean(weights)).isCloseTo(SCORES.truth(weights), within(2e-3)));
  }

  @ParameterizedTest
  @MethodSource("surfaces")
  void goesThroughWhatItSawWithoutNoise(Surface surface) {
    for (Observation seen : SEEN) {
      Prediction prediction = surface.predict(AXES.weights(seen.mixture()));
      assertThat(prediction.mean()).isCloseTo(seen.score(), within(2e-3));
      assertThat(prediction.deviation()).isLessThan(3e-3);
    }
    assertThat(Arrays.stream(surface.residuals()).boxed())
        .hasSize(SEEN.size())
        .allMatch(miss -> Math.abs(miss) < 2e-3);
  }

  @ParameterizedTest
  @MethodSource("surfaces")
  void saysTheSameInEveryWay(Surface surface) {
    double[] first = AXES.weights(Mixture.parse("d000+d003+d005"));
    double[] second = AXES.weights(Mixture.parse("d000+d005+d006+d007"));
    double mean = surface.mean(first);
    double[] smoother = surface.smoother(first);

    assertThat(surface.predict(first).mean()).isCloseTo(mean, within(1e-9));
    assertThat(Arrays.stream(smoother).sum()).isCloseTo(1, within(1e-9));
    assertThat(
            IntStream.range(0, SEEN.size())
                .mapToDouble(i -> smoother[i] * SEEN.get(i).score())
                .sum())
        .isCloseTo(mean, within(1e-9));
    Prediction difference =
        surface.combination(new double[] {1, -1}, new double[][] {first, second});
    assertThat(difference.mean()).isCloseTo(mean - surface.mean(second), within(1e-9));
    assertThat(surface.combination(new double[] {2}, new double[][] {first}).deviation())
        .isCloseTo(2 * surface.predict(first).deviation(), within(1e-9));
  }

  @ParameterizedTest
  @MethodSource("surfaces")
  void walksWhereItPredicts(Surface surface) {
    Walk walk = surface.walk(new double[] {1, 0, 0, 1, 0, 1, 0, 0});
    assertThat(walk.mean())
        .isCloseTo(surface.mean(AXES.weights(Mixture.parse("d000+d003+d005"))), within(1e-9));

    double added = walk.meanAfter(1, 1, 1, 0);
    double exchanged = walk.meanAfter(0, -1, 7, 1);
    assertThat(added)
        .isCloseTo(surface.mean(AXES.weights(Mixture.parse("d000+d001+d003+d005"))), within(1e-9));
    walk.move(0, -1, 7, 1);
    assertThat(walk.mean())
        .isCloseTo(exchanged, within(1e-9))
        .isCloseTo(surface.mean(AXES.weights(Mixture.parse("d003+d005+d007"))), within(1e-9));
  }

  @ParameterizedTest
  @MethodSource("surfaces")
  void isSurerAboutWhatItIsToldNext(Surface surface) {
    double[] weights = AXES.weights(Mixture.parse("d000+d001+d002+d003"));
    Prediction before = surface.predict(weights);

    Prediction after = surface.with(weights, before.mean()).predict(weights);

    assertThat(after.mean()).isCloseTo(before.mean(), within(1e-6));
    assertThat(after.deviation()).isLessThan(before.deviation() + 1e-12);
  }

  @Test
  void leavesOneOutAsIfItHadNeverBeenSeen() {
    Map<Mixture, Double> noisy = new LinkedHashMap<>();
    Random random = new Random(3);
    SEEN.forEach(seen -> noisy.put(seen.mixture(), seen.score() + .05 * random.nextGaussian()));
    List<Observation> observations =
        noisy.entrySet().stream().map(e -> Observation.of(e.getKey(), e.getValue())).toList();
    Surface surface = RootProcess.fit(AXES, observations);
    double[] left = surface.leaveOneOutResiduals();
    double[] residuals = surface.residuals();

    // What a linear smoother misses grows by the share that the score has in its own prediction.
    for (int i = 0; i < left.length; i++) {
      double own = surface.smoother(AXES.weights(observations.get(i).mixture()))[i];
      assertThat(left[i]).isCloseTo(residuals[i] / (1 - own), within(1e-3));
    }
  }

  @Test
  void anErrorOfItsOwnMakesAnObservationCountLess() {
    List<Observation> wrong = new ArrayList<>(SEEN);
    Observation last = wrong.remove(wrong.size() - 1);
    wrong.add(new Observation(last.mixture(), last.score() + 0.3, 100));
    double[] weights = AXES.weights(last.mixture());

    assertThat(QuadraticSurface.fit(AXES, wrong).mean(weights))
        .isCloseTo(SCORES.truth(weights), within(.03));
  }

  @Property(tries = 15, seed = "1")
  void permutedDatasetsGivePermutedAnswers(@ForAll @IntRange(max = 1000) int seed) {
    List<String> names = new ArrayList<>(AXES.datasets());
    Collections.shuffle(names, new Random(seed));
    Map<String, String> renamed = new LinkedHashMap<>();
    AXES.datasets().forEach(dataset -> renamed.put(dataset, names.get(renamed.size())));
    List<Observation> permuted =
        SEEN.stream()
            .map(seen -> Observation.of(renamed(seen.mixture(), renamed), seen.score()))
            .toList();
    Mixture asked = Mixture.parse("d001+d002+d004");

    for (int rival = 0; rival < 2; rival++) {
      Surface surface = SurfaceChoice.of(AXES, SEEN).rivals().get(rival).surface();
      Surface other = SurfaceChoice.of(AXES, permuted).rivals().get(rival).surface();
      assertThat(other.mean(AXES.weights(renamed(asked, renamed))))
          .isCloseTo(surface.mean(AXES.weights(asked)), within(1e-6));
    }
  }

  @Test
  void scoresSayWhichKindOfSurfaceTheyHave() {
    SurfaceChoice quadratic = SurfaceChoice.of(AXES, SEEN);
    assertThat(quadratic.best()).isInstanceOf(QuadraticSurface.class);
    assertThat(quadratic.rivals().get(0).explained()).isGreaterThan(.99);

    List<Observation> cubic =
        SEEN.stream()
            .map(
                seen ->
                    Observation.of(
                        seen.mixture(), Math.sin(6 * Math.sqrt(AXES.weights(seen.mixture())[0]))))
            .toList();
    assertThat(SurfaceChoice.of(AXES, cubic).best()).isNotInstanceOf(QuadraticSurface.class);
  }

  @Test
  void constantScoresAreAFlatSurface() {
    List<Observation> constant =
        SEEN.stream().map(seen -> Observation.of(seen.mixture(), 2.5)).toList();

    assertThat(
            SurfaceChoice.of(AXES, constant).best().mean(AXES.weights(Mixture.parse("d000+d001"))))
        .isCloseTo(2.5, within(1e-6));
  }

  @Test
  void twoHundredDatasetsFit() {
    SyntheticScores many = new SyntheticScores(200, SyntheticScores.Kind.QUADRATIC, 0, 4);
    Surface surface = QuadraticSurface.fit(many.axes(), observed(many, 40, 4));
    double[] all = new double[200];
    Arrays.fill(all, 1.0 / 200);

    assertThat(surface.mean(all)).isCloseTo(many.truth(all), within(.02));
  }

  /** Singles, all together, and subsets at random. */
  private static List<Observation> observed(SyntheticScores scores, int random, long seed) {
    Axes axes = scores.axes();
    SplittableRandom generator = new SplittableRandom(seed);
    Stream<Mixture> singles = axes.datasets().stream().map(one -> Mixture.subset(List.of(one)));
    Stream<Mixture> drawn =
        Stream.generate(
                () -> axes.datasets().stream().filter(one -> generator.nextInt(2) == 0).toList())
            .filter(members -> !members.isEmpty())
            .limit(random)
            .map(Mixture::subset);
    return Stream.of(singles, Stream.of(Mixture.subset(axes.datasets())), drawn)
        .flatMap(mixtures -> mixtures)
        .distinct()
        .map(scores::observed)
        .toList();
  }

  private static Mixture renamed(Mixture mixture, Map<String, String> names) {
    return Mixture.subset(mixture.datasets().stream().map(names::get).toList());
  }

  private static double[] normalised(double[] weights) {
    double sum = Arrays.stream(weights).sum();
    return Arrays.stream(weights).map(weight -> weight / sum).toArray();
  }
}
