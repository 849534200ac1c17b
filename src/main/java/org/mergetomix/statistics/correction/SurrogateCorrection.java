package org.mergetomix.statistics.correction;

import java.util.ArrayList;
import java.util.List;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.Estimate;
import org.mergetomix.surface.Cholesky;

/**
 * Corrects surrogate scores by a few real trainings: a Gaussian process for the difference of the
 * two (co-kriging). The surrogate of one dataset is the trained model itself, so the difference
 * vanishes with 1 − Σw². Immutable.
 */
public final class SurrogateCorrection {

  private static final double[] VARIANCES = {0, .1, .3, 1, 3, 10};
  private static final double[] NOISES = {.02, .05, .15, .4};

  private final SurrogateScores surrogates;
  private final List<Training> trainings;
  private final double unit;
  private final Fit fit;
  private final double leaveOneOutError;

  private SurrogateCorrection(SurrogateScores surrogates, List<Training> trainings) {
    this.surrogates = surrogates;
    this.trainings = List.copyOf(trainings);
    double[] differences = differences(trainings);
    double size = rootMeanSquare(differences);
    unit = size > 0 ? size : 1;
    fit = fit(trainings);
    double[] left = new double[trainings.size()];
    for (int i = 0; i < left.length; i++) {
      List<Training> others = new ArrayList<>(trainings);
      Training one = others.remove(i);
      left[i] = differences[i] - expected(fit(others), one.mixture(), one.surrogate())[0];
    }
    leaveOneOutError = rootMeanSquare(left);
  }

  /**
   * Fits a correction.
   *
   * @param surrogates of all mixtures that are to be corrected, and of the trained ones
   * @param trainings at least 3, of different mixtures
   */
  public static SurrogateCorrection fit(SurrogateScores surrogates, List<Training> trainings) {
    if (trainings.size() < 3) {
      throw new IllegalArgumentException(trainings.size() + " trainings correct nothing");
    }
    return new SurrogateCorrection(surrogates, trainings);
  }

  /** Root mean square of real less surrogate scores of the trained mixtures. */
  public double uncorrectedError() {
    return rootMeanSquare(differences(trainings));
  }

  /** The same after a correction that did not know the mixture in question. */
  public double leaveOneOutError() {
    return leaveOneOutError;
  }

  /** Whether a correction is worth applying: it predicts trainings that it has not seen better. */
  public boolean improves() {
    return leaveOneOutError < uncorrectedError();
  }

  /**
   * What a real training of a mixture should score: the surrogate's score with the correction. The
   * error is the correction's, without the noise of a training.
   */
  public Estimate corrected(Mixture mixture, double surrogate) {
    double[] expected = expected(fit, mixture, surrogate);
    return new Estimate(surrogate + expected[0], expected[1]);
  }

  /** The expected difference to the surrogate and its error. */
  private double[] expected(Fit fitted, Mixture mixture, double surrogate) {
    CorrectionKernel.Point point = surrogates.point(mixture, surrogate);
    double[] cross =
        fitted.points.stream().mapToDouble(other -> fitted.kernel.between(point, other)).toArray();
    double[] explained = fitted.factored.forward(cross);
    double mean = 0;
    double variance = fitted.kernel.between(point, point);
    for (int i = 0; i < cross.length; i++) {
      mean += cross[i] * fitted.solved[i];
      variance -= explained[i] * explained[i];
    }
    return new double[] {unit * mean, unit * Math.sqrt(Math.max(0, variance))};
  }

  private Fit fit(List<Training> trained) {
    List<CorrectionKernel.Point> points =
        trained.stream().map(one -> surrogates.point(one.mixture(), one.surrogate())).toList();
    double[] differences = differences(trained);
    for (int i = 0; i < differences.length; i++) {
      differences[i] /= unit;
    }
    Fit best = null;
    for (double constant : VARIANCES) {
      for (double slope : VARIANCES) {
        for (double local : VARIANCES) {
          for (double noise : NOISES) {
            CorrectionKernel kernel = new CorrectionKernel(constant, slope, local);
            Fit next = new Fit(kernel, points, noise, differences);
            best = best == null || next.evidence > best.evidence ? next : best;
          }
        }
      }
    }
    return best;
  }

  private static double[] differences(List<Training> trainings) {
    return trainings.stream().mapToDouble(one -> one.real() - one.surrogate()).toArray();
  }

  private static double rootMeanSquare(double[] values) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    return Math.sqrt(squares / values.length);
  }

  /** A kernel with the differences it was fitted to. */
  private static final class Fit {

    private final CorrectionKernel kernel;
    private final List<CorrectionKernel.Point> points;
    private final Cholesky factored;
    private final double[] solved;
    private final double evidence;

    Fit(
        CorrectionKernel kernel,
        List<CorrectionKernel.Point> points,
        double noise,
        double[] differences) {
      this.kernel = kernel;
      this.points = points;
      int size = points.size();
      double[][] matrix = new double[size][size];
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          matrix[i][j] = kernel.between(points.get(i), points.get(j)) + (i == j ? noise : 0);
        }
      }
      factored = Cholesky.of(matrix);
      solved = factored.solve(differences);
      double fit = 0;
      for (int i = 0; i < size; i++) {
        fit += differences[i] * solved[i];
      }
      evidence = -fit / 2 - factored.logDeterminant() / 2;
    }
  }

  /**
   * A mixture that was really trained.
   *
   * @param surrogate its surrogate's score
   * @param real the trained model's score; the mean where several seeds were trained
   */
  public record Training(Mixture mixture, double surrogate, double real) {}
}
