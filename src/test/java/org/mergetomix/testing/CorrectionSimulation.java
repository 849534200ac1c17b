package org.mergetomix.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.Estimate;
import org.mergetomix.statistics.correction.SurrogateCorrection;
import org.mergetomix.statistics.correction.SurrogateScores;
import org.mergetomix.statistics.correction.TrainingPlan;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Observation;
import org.mergetomix.surface.proposal.AllowedSubsets;
import org.mergetomix.surface.proposal.History;
import org.mergetomix.surface.proposal.RandomOrder;
import org.mergetomix.surface.proposal.SearchStep;

/**
 * Surrogates whose trained models differ from them as 1 − Σw², by an amount that goes with the
 * score and the datasets, and by the noise of a training.
 */
public final class CorrectionSimulation {

  private static final double SEED_NOISE = 0.01;

  private final Axes axes;
  private final List<Observation> surrogates;
  private final double[] shifts;
  private final double mean;
  private final long seed;

  /** A simulation over all subsets of so many datasets. */
  public CorrectionSimulation(int datasets, long seed) {
    this.seed = seed;
    SyntheticScores scores = new SyntheticScores(datasets, SyntheticScores.Kind.QUADRATIC, 0, seed);
    axes = scores.axes();
    SearchStep all =
        new RandomOrder(AllowedSubsets.all(axes), (1 << datasets) - 1, seed)
            .next(History.of(List.of()));
    surrogates = ((SearchStep.Evaluate) all).mixtures().stream().map(scores::observed).toList();
    mean = surrogates.stream().mapToDouble(Observation::score).average().orElseThrow();
    Random random = new Random(seed);
    shifts = random.doubles(datasets).map(value -> .1 * (value - .5)).toArray();
  }

  /** What a model trained on a mixture scores, without the noise of a training. */
  public double real(Observation surrogate) {
    double[] weights = axes.weights(surrogate.mixture());
    double concentration = 0;
    double own = 0;
    for (int i = 0; i < weights.length; i++) {
      concentration += weights[i] * weights[i];
      own += weights[i] * shifts[i];
    }
    return surrogate.score() + (1 - concentration) * (-.1 + .5 * (surrogate.score() - mean) + own);
  }

  /** The error of the corrected over that of the uncorrected, after so many trainings. */
  public double ratio(SurrogateCorrection correction) {
    double corrected = 0;
    double uncorrected = 0;
    for (Observation one : surrogates) {
      double real = real(one);
      uncorrected += Math.pow(real - one.score(), 2);
      corrected += Math.pow(real - correction.corrected(one.mixture(), one.score()).value(), 2);
    }
    return Math.sqrt(corrected / uncorrected);
  }

  /** Of how many mixtures the real score lies within 1.96 of the correction's errors, a share. */
  public double covered(SurrogateCorrection correction) {
    return surrogates.stream()
        .mapToDouble(
            one -> {
              Estimate corrected = correction.corrected(one.mixture(), one.score());
              double miss = Math.abs(corrected.value() - real(one));
              return miss <= corrected.margin() + 1e-12 ? 1 : 0;
            })
        .average()
        .orElseThrow();
  }

  /** A correction from trainings that were planned. */
  public SurrogateCorrection planned(int trainings) {
    return fit(TrainingPlan.next(scores(), Set.of(), trainings));
  }

  /** A correction from trainings at random. */
  public SurrogateCorrection random(int trainings) {
    return fit(surrogates.stream().limit(trainings).map(Observation::mixture).toList());
  }

  private SurrogateScores scores() {
    return new SurrogateScores(axes, surrogates);
  }

  private SurrogateCorrection fit(List<Mixture> trained) {
    Random random = new Random(seed);
    List<SurrogateCorrection.Training> trainings = new ArrayList<>();
    for (Observation one : surrogates) {
      if (trained.contains(one.mixture())) {
        double real = real(one) + SEED_NOISE * random.nextGaussian();
        trainings.add(new SurrogateCorrection.Training(one.mixture(), one.score(), real, 1));
      }
    }
    return SurrogateCorrection.fit(scores(), trainings);
  }
}
