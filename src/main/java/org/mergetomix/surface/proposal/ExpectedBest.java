package org.mergetomix.surface.proposal;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Observation;
import org.mergetomix.surface.Surface;
import org.mergetomix.surface.SurfaceChoice;

/**
 * The subset that a surface expects to be better than everything that was seen.
 *
 * @param mixture a subset that was not seen
 * @param score what the surface expects of it: a prediction, lower is better
 */
public record ExpectedBest(Mixture mixture, double score) {

  /**
   * The subset of the lowest expected score.
   *
   * @param bestFirst what was seen, the best first, at least one
   * @return nothing where none is expected below the best that was seen
   */
  public static Optional<ExpectedBest> of(
      AllowedSubsets allowed, List<Observation> bestFirst, long seed) {
    Axes axes = allowed.axes();
    List<Observation> fitted = SurfaceChoice.informative(bestFirst);
    Surface surface = SurfaceChoice.of(axes, fitted).best();
    Set<Mixture> seen =
        bestFirst.stream().map(Observation::mixture).collect(Collectors.toUnmodifiableSet());
    return new Candidates(allowed, seed)
        .of(surface, fitted).stream()
            .map(axes::subset)
            .filter(mixture -> !seen.contains(mixture))
            .map(mixture -> new ExpectedBest(mixture, surface.mean(axes.weights(mixture))))
            .min(Comparator.comparingDouble(ExpectedBest::score))
            .filter(best -> best.score() < bestFirst.get(0).score());
  }
}
