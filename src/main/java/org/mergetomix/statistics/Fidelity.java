package org.mergetomix.statistics;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;

/**
 * How far the ranking of surrogates can be trusted.
 *
 * @param mixtures how many mixtures were really fine-tuned
 * @param pearson linear correlation of surrogate and real scores
 * @param spearman rank correlation
 * @param kendall rank correlation, tau-b
 * @param topQuarterOverlap share of the really best quarter that the surrogates' best quarter
 *     holds, 0 to 1
 * @param regret how much worse the real score of the surrogates' choice is than the best real
 *     score, in the score's unit; never negative
 * @param relativeRegret the regret as a share of the absolute best real score; infinite when that
 *     is 0 and the regret is not
 */
public record Fidelity(
    int mixtures,
    Correlation pearson,
    Correlation spearman,
    Correlation kendall,
    double topQuarterOverlap,
    double regret,
    double relativeRegret) {

  /** With fewer mixtures a correlation says nothing. */
  public static final int FEWEST_MIXTURES = 3;

  /**
   * Compares surrogate and real scores.
   *
   * @param points the mixtures that were really fine-tuned, each once, in any order; one without
   *     both scores (NaN or infinite) is left out
   * @param direction which way the score improves; ties are broken by mixture id
   * @param bootstrapSamples how many resamples of the mixtures the intervals come from, 1 or more
   * @param confidence of the intervals, above 0 and below 1
   * @param seed of the resamples; the same seed and points give the same figures
   * @return empty when fewer than {@value #FEWEST_MIXTURES} mixtures can be compared
   */
  public static Optional<Fidelity> of(
      List<FidelityPoint> points,
      Direction direction,
      int bootstrapSamples,
      double confidence,
      long seed) {
    List<FidelityPoint> compared =
        points.stream()
            .filter(point -> Double.isFinite(point.surrogate().value()))
            .filter(point -> Double.isFinite(point.real().value()))
            .sorted(Comparator.comparing(FidelityPoint::mixture))
            .toList();
    if (compared.size() < FEWEST_MIXTURES) {
      return Optional.empty();
    }
    Correlations correlations =
        Correlations.bootstrap(
            values(compared, FidelityPoint::surrogate),
            values(compared, FidelityPoint::real),
            bootstrapSamples,
            confidence,
            seed);
    List<FidelityPoint> bySurrogate = bestFirst(compared, direction, FidelityPoint::surrogate);
    List<FidelityPoint> byReal = bestFirst(compared, direction, FidelityPoint::real);
    double best = byReal.get(0).real().value();
    double regret = direction.gain(best, bySurrogate.get(0).real().value());
    return Optional.of(
        new Fidelity(
            compared.size(),
            correlations.pearson(),
            correlations.spearman(),
            correlations.kendall(),
            topQuarterOverlap(bySurrogate, byReal),
            regret,
            regret == 0 ? 0 : regret / Math.abs(best)));
  }

  private static double topQuarterOverlap(
      List<FidelityPoint> bySurrogate, List<FidelityPoint> byReal) {
    int quarter = Math.max(1, (int) Math.round(byReal.size() / 4.0));
    Set<String> really =
        byReal.stream().limit(quarter).map(FidelityPoint::mixture).collect(Collectors.toSet());
    long shared =
        bySurrogate.stream()
            .limit(quarter)
            .filter(point -> really.contains(point.mixture()))
            .count();
    return (double) shared / quarter;
  }

  private static List<FidelityPoint> bestFirst(
      List<FidelityPoint> points, Direction direction, Function<FidelityPoint, Estimate> score) {
    return points.stream()
        .sorted(
            Comparator.comparing(
                    (FidelityPoint point) -> score.apply(point).value(), direction.bestFirst())
                .thenComparing(FidelityPoint::mixture))
        .toList();
  }

  private static double[] values(
      List<FidelityPoint> points, Function<FidelityPoint, Estimate> score) {
    return points.stream().mapToDouble(point -> score.apply(point).value()).toArray();
  }
}
