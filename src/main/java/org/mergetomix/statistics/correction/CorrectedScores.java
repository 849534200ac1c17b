package org.mergetomix.statistics.correction;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ScoreUnit;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Observation;
import org.mergetomix.table.CorrectedRow;

/**
 * What real trainings say of the surrogates of all mixtures.
 *
 * @param trainings what was really trained, and what was expected of it
 * @param errorBefore root mean square of real less surrogate scores
 * @param errorAfter the same after a correction that did not know the mixture in question
 * @param rows the mixtures with their corrected scores, best first; empty where the correction
 *     would not make that error less, and so is not applied
 */
public record CorrectedScores(
    List<Expected> trainings, double errorBefore, double errorAfter, List<CorrectedRow> rows) {

  public CorrectedScores {
    trainings = List.copyOf(trainings);
    rows = List.copyOf(rows);
  }

  /**
   * A mixture's surrogate, with its place among all.
   *
   * @param rank 1 for the best
   */
  public record Ranked(Mixture mixture, long rank, double score) {}

  /**
   * What was expected of a training by a correction that did not know it.
   *
   * @param expected the corrected score
   */
  public record Expected(Mixture mixture, double surrogate, double real, double expected) {}

  /** Whether a correction is worth applying. */
  public boolean applied() {
    return !rows.isEmpty();
  }

  /**
   * Fits a correction.
   *
   * @param surrogates the mixtures to correct; equal ones of the trainings among them or not
   * @param trainings of different mixtures of two or more datasets
   * @return nothing of fewer than {@value SurrogateCorrection#FEWEST} trainings
   */
  public static Optional<CorrectedScores> of(
      List<Ranked> surrogates, List<SurrogateCorrection.Training> trainings, ScoreUnit unit) {
    if (trainings.size() < SurrogateCorrection.FEWEST) {
      return Optional.empty();
    }
    SurrogateCorrection correction =
        SurrogateCorrection.fit(scores(surrogates, trainings), trainings);
    List<Expected> expected = new ArrayList<>();
    for (int i = 0; i < trainings.size(); i++) {
      SurrogateCorrection.Training one = trainings.get(i);
      expected.add(
          new Expected(one.mixture(), one.surrogate(), one.real(), correction.leftOut().get(i)));
    }
    return Optional.of(
        new CorrectedScores(
            expected,
            correction.uncorrectedError(),
            correction.leaveOneOutError(),
            correction.improves() ? rows(surrogates, trainings, correction, unit) : List.of()));
  }

  private static SurrogateScores scores(
      List<Ranked> surrogates, List<SurrogateCorrection.Training> trainings) {
    Map<Mixture, Double> all = new HashMap<>();
    trainings.forEach(one -> all.put(one.mixture(), one.surrogate()));
    surrogates.forEach(one -> all.put(one.mixture(), one.score()));
    TreeSet<String> datasets = new TreeSet<>();
    all.keySet().forEach(mixture -> datasets.addAll(mixture.datasets()));
    return new SurrogateScores(
        Axes.of(datasets),
        all.entrySet().stream()
            .sorted(Comparator.comparing(one -> one.getKey().id()))
            .map(one -> Observation.of(one.getKey(), one.getValue()))
            .toList());
  }

  private static List<CorrectedRow> rows(
      List<Ranked> surrogates,
      List<SurrogateCorrection.Training> trainings,
      SurrogateCorrection correction,
      ScoreUnit unit) {
    record Corrected(Ranked surrogate, Estimate score) {}
    Map<Mixture, Double> real = new HashMap<>();
    trainings.forEach(one -> real.put(one.mixture(), one.real()));
    List<Corrected> ordered =
        surrogates.stream()
            .map(one -> new Corrected(one, correction.corrected(one.mixture(), one.score())))
            .sorted(
                Comparator.comparing((Corrected one) -> one.score().value(), unit.bestFirst())
                    .thenComparing(one -> one.surrogate().rank()))
            .toList();
    List<CorrectedRow> rows = new ArrayList<>();
    for (Corrected one : ordered) {
      Mixture mixture = one.surrogate().mixture();
      rows.add(
          new CorrectedRow(
              one.surrogate().rank(),
              mixture.id(),
              one.surrogate().score(),
              rows.size() + 1L,
              one.score(),
              real.getOrDefault(mixture, Double.NaN)));
    }
    return rows;
  }
}
