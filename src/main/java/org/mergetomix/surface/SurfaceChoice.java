package org.mergetomix.surface;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Rival surfaces of the same observations, the one with the least leave-one-out error first.
 *
 * @param rivals ascending by {@link Rival#leaveOneOutError()}
 */
public record SurfaceChoice(List<Rival> rivals) {

  private static final int MOST_OBSERVATIONS = 256;

  public SurfaceChoice {
    rivals = List.copyOf(rivals);
  }

  /**
   * Fits the quadratic and the Gaussian process.
   *
   * @param observations at least one, each mixture once
   */
  public static SurfaceChoice of(Axes axes, List<Observation> observations) {
    double mean = observations.stream().mapToDouble(Observation::score).average().orElseThrow();
    double deviation =
        rootMeanSquare(observations.stream().mapToDouble(seen -> seen.score() - mean).toArray());
    return new SurfaceChoice(
        Stream.of(QuadraticSurface.fit(axes, observations), RootProcess.fit(axes, observations))
            .map(surface -> rival(surface, deviation))
            .sorted(Comparator.comparingDouble(Rival::leaveOneOutError))
            .toList());
  }

  /**
   * As many as a surface needs: all, or of more than 256 the better 128, and of the others 128 of
   * every rank. A surface learns little from more, and its time grows with their cube.
   *
   * @param bestFirst observations, the best first
   */
  public static List<Observation> informative(List<Observation> bestFirst) {
    if (bestFirst.size() <= MOST_OBSERVATIONS) {
      return bestFirst;
    }
    int half = MOST_OBSERVATIONS / 2;
    List<Observation> chosen = new ArrayList<>(bestFirst.subList(0, half));
    long others = (long) bestFirst.size() - half;
    for (int i = 0; i < half; i++) {
      chosen.add(bestFirst.get(half + (int) (others * i / half)));
    }
    return chosen;
  }

  /** The surface with the least leave-one-out error. */
  public Surface best() {
    return rivals.get(0).surface();
  }

  private static Rival rival(Surface surface, double deviation) {
    double error = rootMeanSquare(surface.leaveOneOutResiduals());
    double ratio = error / deviation;
    return new Rival(surface, error, deviation > 0 ? 1 - ratio * ratio : 0);
  }

  private static double rootMeanSquare(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(value -> value * value).average().orElse(0));
  }

  /**
   * A fitted surface and how well it predicts what it has not seen.
   *
   * @param leaveOneOutError root mean square, in units of the score
   * @param explained R² of leave-one-out predictions: 1 is perfect, 0 no better than the mean
   */
  public record Rival(Surface surface, double leaveOneOutError, double explained) {}
}
