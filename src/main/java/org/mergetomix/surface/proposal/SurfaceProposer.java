package org.mergetomix.surface.proposal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.ExpectedImprovement;
import org.mergetomix.surface.Observation;
import org.mergetomix.surface.Surface;
import org.mergetomix.surface.SurfaceChoice;

/**
 * Searches with a surface: the first round and the ordered soup, then rounds of the greatest
 * expected improvement, until two rounds in a row promised less than the tolerance.
 *
 * <p>A round is spread by the constant liar: each proposal is taken to score like the best so far
 * when the next is chosen.
 *
 * <p>It remembers what it computed for a history, and computes it anew where it does not; so it is
 * for one thread, and a new one gives the same answers.
 */
public final class SurfaceProposer implements Proposer {

  private static final int CALM_ROUNDS = 2;
  private static final double MISFIT = 1;

  private final AllowedSubsets allowed;
  private final SearchSettings settings;
  private final OrderedSoup start;
  private final Candidates candidates;
  private final Map<Known, SearchStep.Evaluate> known = new HashMap<>();

  /** What a proposal depends on. */
  private record Known(List<Observation> observations, List<Mixture> failed) {}

  /** A search. */
  public SurfaceProposer(AllowedSubsets allowed, SearchSettings settings) {
    this.allowed = allowed;
    this.settings = settings;
    start = new OrderedSoup(allowed, settings.soupWidth());
    candidates = new Candidates(allowed, settings.seed());
  }

  @Override
  public SearchStep next(History history) {
    SearchStep first = start.next(history);
    if (first instanceof SearchStep.Evaluate) {
      return first;
    }
    if (calm(history)) {
      return new SearchStep.Stop(CALM_ROUNDS + " rounds in a row promised less than the tolerance");
    }
    if (history.observations().isEmpty()) {
      return new SearchStep.Stop("every mixture failed");
    }
    SearchStep.Evaluate proposed = proposed(history);
    return proposed.mixtures().isEmpty()
        ? new SearchStep.Stop("every allowed subset was evaluated")
        : proposed;
  }

  /** Whether the surface expected little of each of the last rounds before it was evaluated. */
  private boolean calm(History history) {
    for (int round = 1; round <= CALM_ROUNDS; round++) {
      int before = history.rounds() - round;
      if (before < 1 || !(start.next(history.first(before)) instanceof SearchStep.Stop)) {
        return false;
      }
      History then = history.first(before);
      if (then.observations().isEmpty()) {
        return false;
      }
      double improvement =
          constant(then.observations()) ? 0 : proposed(then).expectedImprovement().orElse(0);
      if (improvement > settings.tolerance() * Math.abs(lowest(then.observations()))) {
        return false;
      }
    }
    return true;
  }

  private SearchStep.Evaluate proposed(History history) {
    return known.computeIfAbsent(
        new Known(history.observations(), history.failed()),
        seen -> propose(seen.observations(), seen.failed()));
  }

  private SearchStep.Evaluate propose(List<Observation> seen, List<Mixture> failed) {
    Axes axes = allowed.axes();
    Surface surface = SurfaceChoice.of(axes, seen).best();
    List<BitSet> left = new ArrayList<>(candidates.of(surface, seen));
    left.removeAll(subsets(seen.stream().map(Observation::mixture)));
    left.removeAll(subsets(failed.stream()));
    ExpectedImprovement improvement = improvement(surface, seen);
    List<Mixture> chosen = new ArrayList<>();
    OptionalDouble greatest = OptionalDouble.empty();
    while (chosen.size() < settings.width() && !left.isEmpty()) {
      int best = 0;
      double most = -1;
      for (int i = 0; i < left.size(); i++) {
        double value = improvement.of(surface.predict(axes.weights(left.get(i))));
        if (value > most) {
          most = value;
          best = i;
        }
      }
      greatest = greatest.isPresent() ? greatest : OptionalDouble.of(most);
      BitSet members = left.remove(best);
      chosen.add(axes.subset(members));
      surface = surface.with(axes.weights(members), lowest(seen));
    }
    return new SearchStep.Evaluate(chosen, greatest);
  }

  /** The improvement on what was seen that a surface fitted to it can expect. */
  static ExpectedImprovement improvement(Surface surface, List<Observation> seen) {
    double squares =
        Arrays.stream(surface.residuals()).map(miss -> miss * miss).average().orElse(0);
    return new ExpectedImprovement(lowest(seen), MISFIT * Math.sqrt(squares));
  }

  private List<BitSet> subsets(Stream<Mixture> mixtures) {
    return mixtures.filter(candidates::isAllowed).map(allowed.axes()::members).toList();
  }

  /** Whether all scores are the same: then nothing says how much better one could be. */
  private static boolean constant(List<Observation> seen) {
    return seen.stream().mapToDouble(Observation::score).distinct().count() == 1;
  }

  private static double lowest(List<Observation> seen) {
    return seen.stream().mapToDouble(Observation::score).min().orElseThrow();
  }
}
