package org.mergetomix.benchmark;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import java.util.function.LongToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.correlation.KendallsCorrelation;
import org.mergetomix.statistics.attribution.Attribution;
import org.mergetomix.statistics.attribution.FactorialAttribution;
import org.mergetomix.statistics.attribution.QuadraticAttribution;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Observation;
import org.mergetomix.surface.QuadraticSurface;
import org.mergetomix.testing.CorrectionSimulation;
import org.mergetomix.testing.CoverageSimulation;
import org.mergetomix.testing.RaceSimulation;
import org.mergetomix.testing.SyntheticScores;

/**
 * How right the statistics are on synthetic scores: errors of Shapley values after 2N + 1
 * evaluations, coverage of intervals over 400 draws of examples, cost of races, and what planned
 * trainings make of the error of surrogates. Medians and the worst over 20 seeds.
 */
public final class DecisionBenchmark {

  private static final int SEEDS = 20;

  private DecisionBenchmark() {}

  /** Measures all of it. */
  public static void main(String[] arguments) {
    for (int datasets : new int[] {8, 12}) {
      report("Shapley error / range, N = " + datasets, seed -> shapley(datasets, seed)[0]);
      report("Shapley Kendall's tau, N = " + datasets, seed -> shapley(datasets, seed)[1]);
    }
    report("planned 8: error after / before", seed -> planned(seed, 8));
    report("planned 8: errors cover", seed -> covered(seed, 8));
    report("planned 16: errors cover", seed -> covered(seed, 16));
    report("random 8: error after / before", seed -> random(seed, 8));
    report("applied to 8 planned", seed -> improves(seed, 8));
    for (int fitted : new int[] {0, 24}) {
      RaceSimulation races = new RaceSimulation(8, 1);
      LongFunction<RaceSimulation.Outcome> race = shuffle -> races.race(shuffle, fitted);
      report("race, " + fitted + " fitted: share", shuffle -> race.apply(shuffle).share());
      report(
          "race, " + fitted + " fitted: same or tied",
          shuffle -> race.apply(shuffle).bestOrTied() ? 1 : 0);
    }
    for (int examples : new int[] {150, 600}) {
      new CoverageSimulation(6, examples, 1)
          .coverage(400)
          .forEach(
              (said, share) ->
                  System.out.printf(
                      Locale.ROOT, "%4d examples, %-20s %8.3f%n", examples, said, share));
    }
  }

  private static void report(String what, LongToDoubleFunction measure) {
    double[] values = LongStream.range(0, SEEDS).mapToDouble(measure).sorted().toArray();
    System.out.printf(
        Locale.ROOT,
        "%-40s least %7.3f median %7.3f greatest %7.3f%n",
        what,
        values[0],
        values[SEEDS / 2],
        values[SEEDS - 1]);
  }

  private static double planned(long seed, int trainings) {
    CorrectionSimulation simulation = new CorrectionSimulation(7, seed);
    return simulation.ratio(simulation.planned(trainings));
  }

  private static double covered(long seed, int trainings) {
    CorrectionSimulation simulation = new CorrectionSimulation(7, seed);
    return simulation.covered(simulation.planned(trainings));
  }

  private static double random(long seed, int trainings) {
    CorrectionSimulation simulation = new CorrectionSimulation(7, seed);
    return simulation.ratio(simulation.random(trainings));
  }

  private static double improves(long seed, int trainings) {
    return new CorrectionSimulation(7, seed).planned(trainings).improves() ? 1 : 0;
  }

  private static double[] shapley(int datasets, long seed) {
    SyntheticScores scores =
        new SyntheticScores(datasets, SyntheticScores.Kind.QUADRATIC, 0.0002, seed);
    Axes axes = scores.axes();
    double[] all = new double[1 << datasets];
    for (int mask = 1; mask < all.length; mask++) {
      all[mask] = scores.truth(axes.weights(BitSet.valueOf(new long[] {mask})));
    }
    all[0] = all[1];
    int full = all.length - 1;
    List<Observation> seen =
        Stream.concat(
                Stream.of(full),
                IntStream.range(0, datasets)
                    .boxed()
                    .flatMap(i -> Stream.of(1 << i, full ^ (1 << i))))
            .map(mask -> scores.observed(axes.subset(BitSet.valueOf(new long[] {mask}))))
            .toList();
    double[] exact = values(new FactorialAttribution(all), datasets);
    double[] fitted =
        values(
            new QuadraticAttribution(QuadraticSurface.fit(axes, seen), datasets, all[0]), datasets);
    double greatest = 0;
    for (int i = 0; i < datasets; i++) {
      greatest = Math.max(greatest, Math.abs(exact[i] - fitted[i]));
    }
    double range =
        Arrays.stream(exact).max().orElseThrow() - Arrays.stream(exact).min().orElseThrow();
    return new double[] {greatest / range, new KendallsCorrelation().correlation(exact, fitted)};
  }

  private static double[] values(Attribution attribution, int datasets) {
    return IntStream.range(0, datasets).mapToDouble(i -> attribution.shapley(i).value()).toArray();
  }
}
