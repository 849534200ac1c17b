package org.mergetomix.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.statistics.decision.PairedGap;
import org.mergetomix.statistics.decision.Race;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Observation;
import org.mergetomix.surface.Surface;
import org.mergetomix.surface.SurfaceChoice;

/** Races between all subsets of a few datasets, replayed on recorded scores of every example. */
public final class RaceSimulation {

  private static final double[] SHARES = {.05, .1, .2, .4, .7};

  private final double[][] recorded;
  private final Axes axes;
  private final List<Mixture> mixtures;

  /** Records the scores. */
  public RaceSimulation(int datasets, long seed) {
    SyntheticScores scores = new SyntheticScores(datasets, SyntheticScores.Kind.QUADRATIC, 0, seed);
    axes = scores.axes();
    mixtures =
        IntStream.range(1, 1 << datasets)
            .mapToObj(mask -> axes.subset(BitSet.valueOf(new long[] {mask})))
            .toList();
    recorded = mixtures.stream().map(scores::exampleScores).toArray(double[][]::new);
  }

  /** What a race cost and whether it ended well. */
  public record Outcome(double share, boolean bestOrTied) {}

  /**
   * Races on the examples in a random order.
   *
   * @param fitted mixtures that see all examples first and make a surface; 0 for none
   */
  public Outcome race(long shuffle, int fitted) {
    int examples = recorded[0].length;
    List<Integer> order = shuffled(examples, shuffle);
    double[][] scores =
        Arrays.stream(recorded)
            .map(row -> order.stream().mapToDouble(example -> row[example]).toArray())
            .toArray(double[][]::new);
    double[] weights = new double[examples];
    Arrays.fill(weights, 1);
    int[] known = known(fitted, shuffle);
    double[][] predictions = predictions(scores, known);
    double cost = known.length * (double) examples;
    Race race = new Race(SHARES.length, 0.05, shuffle);
    int[] left = IntStream.range(0, scores.length).toArray();
    int before = 0;
    for (double share : SHARES) {
      int seen = (int) Math.round(share * examples);
      cost += count(left, known) * (double) (seen - before);
      before = seen;
      double[][] rows =
          Arrays.stream(left)
              .mapToObj(i -> Arrays.copyOf(scores[i], seen))
              .toArray(double[][]::new);
      int[] raced = left;
      Race.Seen task =
          Race.Seen.of(1, examples, Arrays.copyOf(weights, seen), rows)
              .beside(
                  Arrays.stream(left)
                      .mapToObj(i -> Arrays.copyOf(predictions[i], seen))
                      .toArray(double[][]::new),
                  Arrays.stream(left)
                      .mapToDouble(i -> Arrays.stream(predictions[i]).average().orElseThrow())
                      .toArray());
      left = race.look(List.of(task)).survivors().stream().mapToInt(i -> raced[i]).toArray();
    }
    cost += count(left, known) * (double) (examples - before);
    double[] means =
        Arrays.stream(scores)
            .mapToDouble(row -> Arrays.stream(row).average().orElseThrow())
            .toArray();
    int winner = least(means, left);
    int best = least(means, IntStream.range(0, means.length).toArray());
    boolean tied =
        PairedGap.tied(
            new ExampleScores(scores[winner], weights)
                .minus(new ExampleScores(scores[best], weights)));
    return new Outcome(cost / ((double) scores.length * examples), tied);
  }

  private double[][] predictions(double[][] scores, int[] known) {
    int examples = scores[0].length;
    double[][] predictions = new double[scores.length][examples];
    if (known.length == 0) {
      return predictions;
    }
    List<Observation> seen =
        Arrays.stream(known)
            .mapToObj(
                i ->
                    Observation.of(
                        mixtures.get(i), Arrays.stream(scores[i]).average().orElseThrow()))
            .toList();
    Surface surface = SurfaceChoice.of(axes, seen).best();
    for (int i = 0; i < scores.length; i++) {
      double[] smoother = surface.smoother(axes.weights(mixtures.get(i)));
      for (int row = 0; row < known.length; row++) {
        for (int e = 0; e < examples; e++) {
          predictions[i][e] += smoother[row] * scores[known[row]][e];
        }
      }
    }
    return predictions;
  }

  /** Singles, all together, and others at random. */
  private int[] known(int fitted, long seed) {
    if (fitted == 0) {
      return new int[0];
    }
    SplittableRandom random = new SplittableRandom(seed);
    int last = mixtures.size();
    return IntStream.concat(
            IntStream.concat(
                IntStream.range(0, axes.size()).map(i -> (1 << i) - 1), IntStream.of(last - 1)),
            random.ints(0, last))
        .distinct()
        .limit(fitted)
        .toArray();
  }

  private static int count(int[] left, int[] known) {
    return (int)
        Arrays.stream(left)
            .filter(i -> Arrays.stream(known).noneMatch(other -> other == i))
            .count();
  }

  private static List<Integer> shuffled(int examples, long seed) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, examples).boxed().toList());
    Collections.shuffle(order, new Random(seed));
    return order;
  }

  private static int least(double[] means, int[] among) {
    int least = among[0];
    for (int i : among) {
      least = means[i] < means[least] ? i : least;
    }
    return least;
  }
}
