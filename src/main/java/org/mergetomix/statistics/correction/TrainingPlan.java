package org.mergetomix.statistics.correction;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.surface.Observation;

/**
 * Which mixtures are worth a real training next: each time the one that tells most about the errors
 * of all surrogates, given those that are trained already.
 */
public final class TrainingPlan {

  private static final CorrectionKernel KERNEL = new CorrectionKernel(1, .5, .5, 0);
  private static final double NOISE = .05;

  private TrainingPlan() {}

  /**
   * The mixtures to train, the most telling first.
   *
   * @param surrogates to choose from and to learn about; memory grows with their square, so give
   *     some thousand at most
   * @param trained mixtures among them that are trained already
   * @param count how many to choose
   */
  public static List<Mixture> next(
      SurrogateScores surrogates, Collection<Mixture> trained, int count) {
    List<Observation> scores = surrogates.scores();
    double[][] covariance = covariance(surrogates);
    boolean[] taken = new boolean[scores.size()];
    for (int i = 0; i < taken.length; i++) {
      if (trained.contains(scores.get(i).mixture())) {
        learn(covariance, i);
        taken[i] = true;
      }
    }
    List<Mixture> chosen = new ArrayList<>();
    for (int best = mostTelling(covariance, taken);
        best >= 0 && chosen.size() < count;
        best = mostTelling(covariance, taken)) {
      taken[best] = true;
      learn(covariance, best);
      chosen.add(scores.get(best).mixture());
    }
    return chosen;
  }

  private static double[][] covariance(SurrogateScores surrogates) {
    List<CorrectionKernel.Point> points =
        surrogates.scores().stream()
            .map(one -> surrogates.point(one.mixture(), one.score()))
            .toList();
    double[][] covariance = new double[points.size()][points.size()];
    for (int i = 0; i < covariance.length; i++) {
      for (int j = 0; j <= i; j++) {
        covariance[i][j] = KERNEL.between(points.get(i), points.get(j));
        covariance[j][i] = covariance[i][j];
      }
    }
    return covariance;
  }

  private static int mostTelling(double[][] covariance, boolean[] taken) {
    int best = -1;
    double most = -1;
    for (int j = 0; j < taken.length; j++) {
      double explained = 0;
      for (double other : covariance[j]) {
        explained += other * other / (covariance[j][j] + NOISE);
      }
      if (!taken[j] && explained > most) {
        most = explained;
        best = j;
      }
    }
    return best;
  }

  /** What is left unknown once a mixture is trained. */
  private static void learn(double[][] covariance, int trained) {
    double[] row = covariance[trained].clone();
    double variance = row[trained] + NOISE;
    for (int i = 0; i < row.length; i++) {
      for (int j = 0; j < row.length; j++) {
        covariance[i][j] -= row[i] * row[j] / variance;
      }
    }
  }
}
