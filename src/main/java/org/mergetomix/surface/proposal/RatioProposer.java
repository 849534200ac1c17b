package org.mergetomix.surface.proposal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Observation;
import org.mergetomix.surface.Surface;
import org.mergetomix.surface.SurfaceChoice;

/**
 * Ratios that should be better than what was evaluated: the minima of a surface, which is fitted
 * anew to what came of them, until a round gains less than the tolerance. What a search found
 * before stands as the first round of the history.
 */
public final class RatioProposer implements Proposer {

  /** Most rounds of ratios. */
  public static final int MOST_ROUNDS = 3;

  /** Ratios that differ by less than this share of their weights say the same. */
  private static final double NEAR = 0.03;

  private final AllowedSubsets allowed;
  private final SearchSettings settings;

  /** Ratios between datasets that are allowed together. */
  public RatioProposer(AllowedSubsets allowed, SearchSettings settings) {
    this.allowed = allowed;
    this.settings = settings;
  }

  @Override
  public SearchStep next(History history) {
    int refined = history.rounds() - 1;
    List<Observation> seen = bestFirst(history.observations());
    if (seen.stream().noneMatch(one -> allowed.allows(one.mixture()))) {
      return new SearchStep.Stop("no mixture has a score whose ratios could be refined");
    }
    if (seen.get(0).score() == seen.get(seen.size() - 1).score()) {
      return new SearchStep.Stop("scores that are all the same say nothing of ratios");
    }
    if (refined > 0 && gain(history.first(refined), seen.get(0)) <= 0) {
      return new SearchStep.Stop("the last ratios gained less than the tolerance");
    }
    if (refined == MOST_ROUNDS) {
      return new SearchStep.Stop("ratios were refined " + MOST_ROUNDS + " times");
    }
    List<Mixture> ratios = ratios(seen, history);
    return ratios.isEmpty()
        ? new SearchStep.Stop("no ratio was expected to be better")
        : SearchStep.Evaluate.of(ratios);
  }

  /** What the best score is below that of a shorter history, beyond the tolerance. */
  private double gain(History before, Observation best) {
    double then = bestFirst(before.observations()).get(0).score();
    return then - best.score() - settings.tolerance() * Math.abs(then);
  }

  private List<Mixture> ratios(List<Observation> seen, History history) {
    Axes axes = allowed.axes();
    List<Observation> known = SurfaceChoice.informative(seen);
    Surface surface = SurfaceChoice.of(axes, known).best();
    double expected = surface.mean(axes.weights(seen.get(0).mixture()));
    List<Mixture> chosen = new ArrayList<>();
    for (Mixture minimum : new RatioRefinement(allowed, surface).minima(seen)) {
      boolean better = surface.mean(axes.weights(minimum)) < expected;
      boolean fresh = history.score(minimum).isEmpty();
      boolean apart =
          Stream.concat(seen.stream().map(Observation::mixture), chosen.stream())
              .filter(allowed::allows)
              .noneMatch(other -> near(minimum, other));
      if (better && fresh && apart) {
        chosen.add(minimum);
      }
    }
    return chosen.subList(0, Math.min(settings.width(), chosen.size()));
  }

  private boolean near(Mixture mixture, Mixture other) {
    double[] weights = allowed.axes().weights(mixture);
    double[] others = allowed.axes().weights(other);
    double moved = 0;
    for (int i = 0; i < weights.length; i++) {
      moved += Math.abs(weights[i] - others[i]) / 2;
    }
    return moved < NEAR;
  }

  private static List<Observation> bestFirst(List<Observation> seen) {
    return seen.stream()
        .sorted(
            Comparator.comparingDouble(Observation::score).thenComparing(one -> one.mixture().id()))
        .toList();
  }
}
