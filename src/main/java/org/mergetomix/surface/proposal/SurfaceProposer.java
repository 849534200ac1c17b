package org.mergetomix.surface.proposal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
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
 * <p>Where there are few subsets, all are looked at; else those that a local search meets on its
 * way down from the four best and four random ones. A round is spread by the constant liar: each
 * proposal is taken to score like the best so far when the next is chosen.
 *
 * <p>It remembers what it computed for a history, and computes it anew where it does not; so it is
 * for one thread, and a new one gives the same answers.
 */
public final class SurfaceProposer implements Proposer {

  private static final int LOOK_AT_ALL = 8192;
  private static final int POOL = 400;
  private static final int STARTS = 4;
  private static final int CALM_ROUNDS = 2;
  private static final double MISFIT = 1;

  private final AllowedSubsets allowed;
  private final SearchSettings settings;
  private final OrderedSoup start;
  private final Map<Known, SearchStep.Evaluate> known = new HashMap<>();

  /** What a proposal depends on. */
  private record Known(List<Observation> observations, List<Mixture> failed) {}

  /** A search. */
  public SurfaceProposer(AllowedSubsets allowed, SearchSettings settings) {
    this.allowed = allowed;
    this.settings = settings;
    start = new OrderedSoup(allowed, settings.soupWidth());
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
    List<BitSet> candidates = new ArrayList<>(candidates(surface, seen));
    candidates.removeAll(subsets(seen.stream().map(Observation::mixture)));
    candidates.removeAll(subsets(failed.stream()));
    double misfit =
        MISFIT
            * Math.sqrt(
                Arrays.stream(surface.residuals()).map(miss -> miss * miss).average().orElse(0));
    ExpectedImprovement improvement = new ExpectedImprovement(lowest(seen), misfit);
    List<Mixture> chosen = new ArrayList<>();
    OptionalDouble greatest = OptionalDouble.empty();
    while (chosen.size() < settings.width() && !candidates.isEmpty()) {
      int best = 0;
      double most = -1;
      for (int i = 0; i < candidates.size(); i++) {
        double value = improvement.of(surface.predict(axes.weights(candidates.get(i))));
        if (value > most) {
          most = value;
          best = i;
        }
      }
      greatest = greatest.isPresent() ? greatest : OptionalDouble.of(most);
      BitSet members = candidates.remove(best);
      chosen.add(axes.subset(members));
      surface = surface.with(axes.weights(members), lowest(seen));
    }
    return new SearchStep.Evaluate(chosen, greatest);
  }

  private List<BitSet> candidates(Surface surface, List<Observation> seen) {
    if (allowed.count() <= LOOK_AT_ALL) {
      return allowed.list();
    }
    List<BitSet> best = subsets(best(seen).stream().map(Observation::mixture));
    CandidatePool pool = new CandidatePool(POOL + seen.size());
    LocalSearch search = new LocalSearch(allowed, surface, pool);
    best.stream().limit(STARTS).forEach(search::from);
    SplittableRandom generator = new SplittableRandom(settings.seed() + seen.size());
    for (int i = 0; i < STARTS; i++) {
      int size = generator.nextInt(allowed.minimum(), allowed.maximum() + 1);
      search.from(allowed.random(generator, size));
    }
    return pool.lowestFirst();
  }

  private List<Observation> best(List<Observation> seen) {
    return seen.stream().sorted(Comparator.comparingDouble(Observation::score)).toList();
  }

  private List<BitSet> subsets(Stream<Mixture> mixtures) {
    return mixtures
        .filter(Mixture::equalWeights)
        .filter(allowed::allows)
        .map(allowed.axes()::members)
        .toList();
  }

  /** Whether all scores are the same: then nothing says how much better one could be. */
  private static boolean constant(List<Observation> seen) {
    return seen.stream().mapToDouble(Observation::score).distinct().count() == 1;
  }

  private static double lowest(List<Observation> seen) {
    return seen.stream().mapToDouble(Observation::score).min().orElseThrow();
  }
}
