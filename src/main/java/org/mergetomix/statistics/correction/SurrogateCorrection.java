package org.mergetomix.statistics.correction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.Estimate;
import org.mergetomix.surface.Cholesky;

/**
 * Corrects surrogate scores by a few real trainings: a Gaussian process for the difference of the
 * two (co-kriging). The surrogate of one dataset is the trained model itself, so the difference
 * vanishes with 1 − Σw². Immutable.
 */
public final class SurrogateCorrection {

  /** Fewer say nothing of trainings that were left out. */
  public static final int FEWEST = 4;

  private static final double[] VARIANCES = {0, .1, .3, 1, 3, 10};
  private static final double[] STRAIGHT = {0};
  private static final double[] BENDS = {0, 1};
  private static final double[] NOISES = {.02, .05, .15, .4};

  /** How many trainings at most say which kernel it is; time grows with their cube. */
  private static final int ASKED = 40;

  /** Trainings are left out in so many parts at most. */
  private static final int PARTS = 40;

  private final SurrogateScores surrogates;
  private final List<Training> trainings;
  private final double unit;
  private final Fit fit;
  private final List<Double> leftOut;

  private SurrogateCorrection(SurrogateScores surrogates, List<Training> trainings) {
    this.surrogates = surrogates;
    this.trainings = List.copyOf(trainings);
    double size = rootMeanSquare(differences(trainings));
    unit = size > 0 ? size : 1;
    fit = fit(trainings);
    int parts = Math.min(PARTS, trainings.size());
    Double[] expected = new Double[trainings.size()];
    for (int part = 0; part < parts; part++) {
      List<Training> others = new ArrayList<>();
      for (int i = 0; i < expected.length; i++) {
        if (i % parts != part) {
          others.add(trainings.get(i));
        }
      }
      Fit without = fit(others);
      for (int i = part; i < expected.length; i += parts) {
        Training one = trainings.get(i);
        expected[i] = one.surrogate() + expected(without, one.mixture(), one.surrogate())[0];
      }
    }
    leftOut = List.of(expected);
  }

  /**
   * Fits a correction.
   *
   * @param surrogates of all mixtures that are to be corrected, and of the trained ones
   * @param trainings at least {@value #FEWEST}, of different mixtures of two or more datasets
   */
  public static SurrogateCorrection fit(SurrogateScores surrogates, List<Training> trainings) {
    if (trainings.size() < FEWEST) {
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
    double[] misses = new double[leftOut.size()];
    Arrays.setAll(misses, i -> trainings.get(i).real() - leftOut.get(i));
    return rootMeanSquare(misses);
  }

  /**
   * What each training was expected to score by a correction that did not know it, in the order in
   * which they were given. Beyond 40 trainings some others are left out with it.
   */
  public List<Double> leftOut() {
    return leftOut;
  }

  /** Whether a correction is worth applying: it predicts trainings that it has not seen better. */
  public boolean improves() {
    return leaveOneOutError() < uncorrectedError();
  }

  /**
   * What a real training of a mixture should score: the surrogate's score with the correction. Its
   * error is that of trainings that were left out, or the process's own where that is greater:
   * alone it is too sure of itself (its intervals held in three cases of four). Of a single
   * dataset, nothing is corrected and the error is 0.
   */
  public Estimate corrected(Mixture mixture, double surrogate) {
    double[] expected = expected(fit, mixture, surrogate);
    double error = mixture.size() == 1 ? 0 : Math.max(expected[1], leaveOneOutError());
    return new Estimate(surrogate + expected[0], error);
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
    int stride = 1 + (trained.size() - 1) / ASKED;
    List<Training> asked =
        IntStream.range(0, trained.size())
            .filter(i -> i % stride == 0)
            .mapToObj(trained::get)
            .toList();
    Fit best = null;
    for (double constant : VARIANCES) {
      for (double slope : VARIANCES) {
        for (double local : VARIANCES) {
          for (double bend : local == 0 ? STRAIGHT : BENDS) {
            CorrectionKernel kernel = new CorrectionKernel(constant, slope, local, bend);
            for (double noise : NOISES) {
              Fit next = fit(kernel, noise, asked);
              best = best == null || next.evidence > best.evidence ? next : best;
            }
          }
        }
      }
    }
    return stride == 1 ? best : fit(best.kernel, best.noise, trained);
  }

  private Fit fit(CorrectionKernel kernel, double noise, List<Training> trained) {
    List<CorrectionKernel.Point> points =
        trained.stream().map(one -> surrogates.point(one.mixture(), one.surrogate())).toList();
    double[] differences = differences(trained);
    double[] noises = new double[differences.length];
    for (int i = 0; i < differences.length; i++) {
      differences[i] /= unit;
      noises[i] = noise / trained.get(i).seeds();
    }
    return new Fit(kernel, points, noise, noises, differences);
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
    private final double noise;
    private final List<CorrectionKernel.Point> points;
    private final Cholesky factored;
    private final double[] solved;
    private final double evidence;

    Fit(
        CorrectionKernel kernel,
        List<CorrectionKernel.Point> points,
        double noise,
        double[] noises,
        double[] differences) {
      this.kernel = kernel;
      this.noise = noise;
      this.points = points;
      int size = points.size();
      double[][] matrix = new double[size][size];
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          matrix[i][j] = kernel.between(points.get(i), points.get(j)) + (i == j ? noises[i] : 0);
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
   * @param seeds how many these were, 1 or more
   */
  public record Training(Mixture mixture, double surrogate, double real, int seeds) {}
}
