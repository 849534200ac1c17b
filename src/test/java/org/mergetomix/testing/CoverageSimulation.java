package org.mergetomix.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.statistics.decision.BootstrapRanks;
import org.mergetomix.statistics.decision.PairedGap;
import org.mergetomix.statistics.decision.Resamples;

/**
 * How often what is said of a choice is true when its examples are drawn anew, over all subsets of
 * a few datasets.
 */
public final class CoverageSimulation {

  private static final int RESAMPLES = 400;

  private final double[][] population;
  private final double[] truth;
  private final int drawn;

  /**
   * A simulation.
   *
   * @param drawn examples of a draw
   */
  public CoverageSimulation(int datasets, int drawn, long seed) {
    SyntheticScores scores = new SyntheticScores(datasets, SyntheticScores.Kind.QUADRATIC, 0, seed);
    population =
        IntStream.range(1, 1 << datasets)
            .mapToObj(mask -> scores.axes().subset(BitSet.valueOf(new long[] {mask})))
            .map(scores::exampleScores)
            .toArray(double[][]::new);
    truth = Arrays.stream(population).mapToDouble(CoverageSimulation::mean).toArray();
    this.drawn = drawn;
  }

  /** The share of draws in which each statement is true; the size of the tied set beside it. */
  public Map<String, Double> coverage(int draws) {
    Map<String, Double> counted = new LinkedHashMap<>();
    for (int draw = 0; draw < draws; draw++) {
      int[] examples = new Random(draw).ints(drawn, 0, population[0].length).toArray();
      for (Map.Entry<String, Double> said : statements(examples, draw).entrySet()) {
        counted.merge(said.getKey(), said.getValue() / draws, Double::sum);
      }
    }
    return counted;
  }

  private Map<String, Double> statements(int[] examples, int draw) {
    double[][] scores =
        Arrays.stream(population).map(row -> drawn(row, examples)).toArray(double[][]::new);
    double[] weights = ones(examples.length);
    int best = least(means(scores));
    int trueBest = least(truth);
    List<Estimate> gaps = new ArrayList<>();
    for (double[] row : scores) {
      gaps.add(gap(row, scores[best]));
    }
    Map<String, Double> said = new LinkedHashMap<>();
    Estimate score = new ExampleScores(scores[best], weights).mean();
    said.put("winner's score", share(covers(score, truth[best])));
    said.put("best in tied set", share(PairedGap.tied(gaps.get(trueBest))));
    said.put("regret bound", share(truth[best] - truth[trueBest] <= PairedGap.regretBound(gaps)));
    said.put("confirmed gap", confirmed(scores));
    Resamples resamples = new Resamples(weights, RESAMPLES, draw);
    BootstrapRanks ranks = new BootstrapRanks(RESAMPLES);
    for (double[] row : scores) {
      ranks.add(mean(row), resamples.means(row));
    }
    List<BootstrapRanks.Rank> found = ranks.ranks();
    int held = 0;
    for (int i = 0; i < truth.length; i++) {
      double own = truth[i];
      long rank = 1 + Arrays.stream(truth).filter(other -> other < own).count();
      held += found.get(i).lower() <= rank && rank <= found.get(i).upper() ? 1 : 0;
    }
    said.put("ranks", held / (double) truth.length);
    said.put("size of tied set", (double) gaps.stream().filter(PairedGap::tied).count());
    return said;
  }

  /** The gap of the second to the best of one half, measured on the other half. */
  private double confirmed(double[][] scores) {
    int half = scores[0].length / 2;
    double[][] first =
        Arrays.stream(scores).map(row -> Arrays.copyOf(row, half)).toArray(double[][]::new);
    int best = least(means(first));
    double[] rest = means(first);
    rest[best] = Double.POSITIVE_INFINITY;
    int second = least(rest);
    Estimate gap =
        gap(
            Arrays.copyOfRange(scores[second], half, 2 * half),
            Arrays.copyOfRange(scores[best], half, 2 * half));
    return share(covers(gap, truth[second] - truth[best]));
  }

  private static Estimate gap(double[] row, double[] best) {
    double[] weights = ones(row.length);
    return new ExampleScores(row, weights).minus(new ExampleScores(best, weights));
  }

  private static boolean covers(Estimate estimate, double real) {
    return Math.abs(estimate.value() - real) <= estimate.margin();
  }

  private static double[] drawn(double[] row, int[] examples) {
    return Arrays.stream(examples).mapToDouble(example -> row[example]).toArray();
  }

  private static double[] means(double[][] rows) {
    return Arrays.stream(rows).mapToDouble(CoverageSimulation::mean).toArray();
  }

  private static double mean(double[] row) {
    return Arrays.stream(row).average().orElseThrow();
  }

  private static int least(double[] values) {
    int least = 0;
    for (int i = 1; i < values.length; i++) {
      least = values[i] < values[least] ? i : least;
    }
    return least;
  }

  private static double[] ones(int count) {
    double[] ones = new double[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static double share(Boolean held) {
    return held ? 1 : 0;
  }
}
