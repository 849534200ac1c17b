package org.mergetomix.statistics.attribution;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.SubsetWeights;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ScoreUnit;
import org.mergetomix.statistics.attribution.ScoreModel.Basis;
import org.mergetomix.statistics.attribution.ScoreModel.Predicted;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Observation;
import org.mergetomix.surface.Surface;
import org.mergetomix.surface.SurfaceChoice;
import org.mergetomix.table.Interaction;

/** Fits a surface to the scores of a run, and attributes them to its datasets. */
public final class ScoreModelFit {

  /** Of more datasets, subsets are not all looked for. */
  private static final int MOST_FACTORS = 12;

  /** From here on errors of gains hold, once all but one are there: AttributionBenchmark. */
  private static final double EXPLAINED = 0.97;

  /** Two datasets alone have no subset of the rest. */
  private static final int FEWEST_PAIRED = 3;

  /** Of more, pairs would be too many to look at. */
  private static final int MOST_PAIRED = 24;

  /** How much wider than the surface's own errors those of gains are, which is too sure of them. */
  private static final double WIDER = 2;

  /** How much wider still those of interactions are. */
  private static final double PAIRS_WIDER = 2;

  /** Of gains that are a smaller part of the greatest, no shares are told. */
  private static final double SMALL = 0.05;

  private final Axes axes;
  private final ScoreUnit unit;
  private final double base;
  private final Map<Mixture, Double> errors;
  private final long seed;

  private ScoreModelFit(
      Axes axes, ScoreUnit unit, double base, Map<Mixture, Double> errors, long seed) {
    this.errors = errors;
    this.axes = axes;
    this.unit = unit;
    this.base = base;
    this.seed = seed;
  }

  /**
   * The model of the scores of mixtures whose subsets have equal weights; they say which datasets
   * there are.
   *
   * @param scores by mixture
   * @param base the score of the base
   * @param seed of samples
   * @return nothing where there are fewer than two more mixtures than datasets, or where all scores
   *     are the same: then a surface says nothing
   */
  public static Optional<ScoreModel> of(
      Map<Mixture, Double> scores, ScoreUnit unit, double base, long seed) {
    return of(scores, Map.of(), SubsetWeights.EQUAL, unit, base, seed);
  }

  /**
   * The same with any weights in a subset, and where some scores have an error that others do not
   * have, as those of mixtures that left a race.
   *
   * @param errors of these, by mixture
   * @param subsets which weights datasets have in a subset: what each of them does is averaged over
   *     these
   */
  public static Optional<ScoreModel> of(
      Map<Mixture, Double> scores,
      Map<Mixture, Double> errors,
      SubsetWeights subsets,
      ScoreUnit unit,
      double base,
      long seed) {
    Set<String> datasets = new TreeSet<>();
    scores.keySet().forEach(mixture -> datasets.addAll(mixture.datasets()));
    return datasets.isEmpty()
        ? Optional.empty()
        : new ScoreModelFit(Axes.of(datasets, subsets), unit, base, errors, seed).of(scores);
  }

  private Optional<ScoreModel> of(Map<Mixture, Double> scores) {
    List<Observation> seen =
        scores.entrySet().stream()
            .map(one -> observation(one.getKey(), one.getValue()))
            .sorted(
                Comparator.comparingDouble(Observation::score)
                    .thenComparing(one -> one.mixture().id()))
            .toList();
    if (seen.size() < axes.size() + 2 || seen.get(0).score() == seen.get(seen.size() - 1).score()) {
      return Optional.empty();
    }
    List<Observation> fitted = SurfaceChoice.informative(seen);
    List<SurfaceChoice.Rival> kinds = SurfaceChoice.of(axes, fitted).rivals();
    SurfaceChoice.Rival best = kinds.get(0);
    SortedMap<String, Double> rivals = new TreeMap<>();
    kinds.stream().skip(1).forEach(kind -> rivals.put(kind.surface().name(), kind.explained()));
    Set<Mixture> there =
        seen.stream().map(Observation::mixture).collect(Collectors.toUnmodifiableSet());
    Basis basis = basis(there, best.explained());
    List<DatasetGain> gains = List.of();
    List<Interaction> interactions = List.of();
    if (basis != Basis.NONE) {
      double empty = lowerIsBetter(base);
      Attribution exactOrFitted =
          basis == Basis.EXACT
              ? new FactorialAttribution(factorial(seen, empty))
              : SurfaceAttribution.of(best.surface(), axes, empty, seed);
      gains = gains(basis, exactOrFitted);
      interactions = interactions(basis, exactOrFitted, gains);
    }
    return Optional.of(
        new ScoreModel(
            axes.datasets(),
            best.surface().name(),
            fitted.size(),
            best.explained(),
            rivals,
            basis,
            gains,
            interactions,
            mixture -> lowerIsBetter(best.surface().mean(axes.weights(mixture))),
            predictions(fitted, best.surface())));
  }

  private Observation observation(Mixture mixture, double score) {
    double error = errors.getOrDefault(mixture, 0.0);
    return new Observation(mixture, lowerIsBetter(score), error * error);
  }

  private Basis basis(Set<Mixture> there, double explained) {
    int datasets = axes.size();
    if (datasets < 2) {
      return Basis.NONE;
    }
    long subsets = there.stream().filter(axes.subsets()::isSubset).count();
    if (errors.isEmpty() && datasets <= MOST_FACTORS && subsets == (1L << datasets) - 1) {
      return Basis.EXACT;
    }
    BitSet all = new BitSet();
    all.set(0, datasets);
    boolean ends =
        there.contains(axes.subset(all))
            && axes.datasets().stream().map(Mixture::parse).allMatch(there::contains);
    if (!ends) {
      return Basis.NONE;
    }
    boolean allButOne =
        IntStream.range(0, datasets).mapToObj(this::allBut).allMatch(there::contains);
    return allButOne && explained >= EXPLAINED ? Basis.SURFACE : Basis.ROUGH;
  }

  private Mixture allBut(int dataset) {
    BitSet members = new BitSet();
    members.set(0, axes.size());
    members.clear(dataset);
    return axes.subset(members);
  }

  private List<DatasetGain> gains(Basis basis, Attribution attribution) {
    return IntStream.range(0, axes.size())
        .mapToObj(
            dataset ->
                new DatasetGain(
                    axes.datasets().get(dataset),
                    gain(basis, attribution.shapley(dataset)),
                    gain(basis, attribution.mainEffect(dataset))))
        .sorted(
            Comparator.comparingDouble((DatasetGain one) -> -one.shapley().value())
                .thenComparing(DatasetGain::dataset))
        .toList();
  }

  private List<Interaction> interactions(
      Basis basis, Attribution attribution, List<DatasetGain> gains) {
    if (axes.size() < FEWEST_PAIRED || basis == Basis.ROUGH) {
      return List.of();
    }
    List<DatasetGain> paired =
        gains.stream()
            .sorted(
                Comparator.comparingDouble((DatasetGain one) -> -Math.abs(one.shapley().value())))
            .limit(MOST_PAIRED)
            .sorted(Comparator.comparing(DatasetGain::dataset))
            .toList();
    double small =
        SMALL
            * gains.stream().mapToDouble(one -> Math.abs(one.mainEffect().value())).max().orElse(0);
    List<Interaction> interactions = new ArrayList<>();
    for (int second = 1; second < paired.size(); second++) {
      for (int first = 0; first < second; first++) {
        interactions.add(
            interaction(basis, attribution, paired.get(first), paired.get(second), small));
      }
    }
    return interactions;
  }

  private Interaction interaction(
      Basis basis, Attribution attribution, DatasetGain first, DatasetGain second, double small) {
    Estimate harm =
        attribution.interaction(axes.indexOf(first.dataset()), axes.indexOf(second.dataset()));
    Estimate together = gain(basis, new Estimate(harm.value(), PAIRS_WIDER * harm.standardError()));
    return new Interaction(
        first.dataset(),
        second.dataset(),
        together,
        replaced(first, together, small),
        replaced(second, together, small));
  }

  /**
   * The share of a dataset's gain without another that is gone beside it; NaN where that gain is
   * small, or within its error: a share of it would be as good as any.
   */
  private static double replaced(DatasetGain gain, Estimate together, double small) {
    Estimate effect = gain.mainEffect();
    Estimate without =
        new Estimate(
            effect.value() - together.value() / 2,
            Math.hypot(effect.standardError(), together.standardError() / 2));
    boolean beyondError = !without.hasError() || without.value() > without.margin();
    return without.value() > small && beyondError
        ? -together.value() / without.value()
        : Double.NaN;
  }

  /** Above 0 where it helps, with an error where that is known to hold. */
  private static Estimate gain(Basis basis, Estimate harm) {
    return new Estimate(
        -harm.value(), basis == Basis.SURFACE ? WIDER * harm.standardError() : Double.NaN);
  }

  private double[] factorial(List<Observation> seen, double empty) {
    double[] scores = new double[1 << axes.size()];
    scores[0] = empty;
    for (Observation one : seen) {
      if (axes.subsets().isSubset(one.mixture())) {
        scores[(int) axes.members(one.mixture()).toLongArray()[0]] = one.score();
      }
    }
    return scores;
  }

  private List<Predicted> predictions(List<Observation> fitted, Surface surface) {
    double[] misses = surface.leaveOneOutResiduals();
    List<Predicted> predictions = new ArrayList<>();
    for (int i = 0; i < misses.length; i++) {
      double score = fitted.get(i).score();
      predictions.add(
          new Predicted(
              fitted.get(i).mixture(), lowerIsBetter(score), lowerIsBetter(score - misses[i])));
    }
    return predictions;
  }

  /** Turns a score, or turns it back. */
  private double lowerIsBetter(double score) {
    return unit.direction() == Direction.LOWER_IS_BETTER ? score : -score;
  }
}
