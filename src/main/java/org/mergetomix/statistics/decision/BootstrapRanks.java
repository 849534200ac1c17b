package org.mergetomix.statistics.decision;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Ranks with intervals from resampled examples (percentile bootstrap). Mixtures are given one at a
 * time, so that only as many numbers stay in memory as there are resamples for each. Lower scores
 * are better. For one thread.
 */
public final class BootstrapRanks {

  private static final double TAIL = 0.025;

  private final int resamples;
  private final List<Float> scores = new ArrayList<>();
  private final List<float[]> rows = new ArrayList<>();

  /** Ranks over so many resamples. */
  public BootstrapRanks(int resamples) {
    this.resamples = resamples;
  }

  /**
   * Takes the next mixture.
   *
   * @param score on the examples as they are
   * @param resampled its score in each resample, as {@link Resamples} draws them
   */
  public void add(double score, double[] resampled) {
    float[] row = new float[resamples];
    for (int b = 0; b < row.length; b++) {
      row[b] = (float) resampled[b];
    }
    rows.add(row);
    scores.add((float) score);
  }

  /** The ranks of the mixtures, in the order in which they were given. */
  public List<Rank> ranks() {
    int mixtures = rows.size();
    int[][] ranks = new int[mixtures][resamples];
    double[] wins = new double[mixtures];
    float[] column = new float[mixtures];
    for (int b = 0; b < resamples; b++) {
      for (int i = 0; i < mixtures; i++) {
        column[i] = rows.get(i)[b];
      }
      float[] sorted = sorted(column);
      double winners = firstAbove(sorted, sorted[0]);
      for (int i = 0; i < mixtures; i++) {
        ranks[i][b] = 1 + firstAtOrAbove(sorted, column[i]);
        wins[i] += ranks[i][b] == 1 ? 1 / winners : 0;
      }
    }
    for (int i = 0; i < mixtures; i++) {
      column[i] = scores.get(i);
    }
    float[] sorted = sorted(column);
    List<Rank> result = new ArrayList<>();
    for (int i = 0; i < mixtures; i++) {
      Arrays.sort(ranks[i]);
      int cut = (int) Math.floor(TAIL * resamples);
      result.add(
          new Rank(
              1 + firstAtOrAbove(sorted, column[i]),
              ranks[i][cut],
              ranks[i][resamples - 1 - cut],
              wins[i] / resamples));
    }
    return result;
  }

  private static float[] sorted(float[] values) {
    float[] copy = values.clone();
    Arrays.sort(copy);
    return copy;
  }

  private static int firstAtOrAbove(float[] sorted, float value) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) / 2;
      if (sorted[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static int firstAbove(float[] sorted, float value) {
    return firstAtOrAbove(sorted, Math.nextUp(value));
  }

  /**
   * A mixture's place among those that were given; equal scores share the better place.
   *
   * @param rank by the mean score, 1 is best
   * @param lower the better end of the 95 % interval
   * @param upper the worse end
   * @param relativeWeightOfBest how often it came first, between 0 and 1. To compare mixtures with
   *     only: it is no probability, what says .95 was true in .79 of cases
   */
  public record Rank(int rank, int lower, int upper, double relativeWeightOfBest) {}
}
