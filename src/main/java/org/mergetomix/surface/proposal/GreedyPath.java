package org.mergetomix.surface.proposal;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiPredicate;
import org.mergetomix.mixture.Mixture;

/**
 * One dataset at a time, always the best step, until no step helps: forward from single datasets by
 * adding, backward from all by removing. Never undoes a step.
 */
public final class GreedyPath implements Proposer {

  private final AllowedSubsets allowed;
  private final List<Mixture> start;
  private final BiPredicate<BitSet, Integer> changes;

  private GreedyPath(
      AllowedSubsets allowed, List<Mixture> start, BiPredicate<BitSet, Integer> changes) {
    this.allowed = allowed;
    this.start = start;
    this.changes = changes;
  }

  /** Adds to the best single dataset. */
  public static GreedyPath forward(AllowedSubsets allowed) {
    FirstRound first = new FirstRound(allowed);
    List<Mixture> start =
        first.smallest().isEmpty()
            ? first.mixtures()
            : first.smallest().values().stream().distinct().toList();
    return new GreedyPath(allowed, start, (members, dataset) -> !members.get(dataset));
  }

  /** Removes from all datasets. */
  public static GreedyPath backward(AllowedSubsets allowed) {
    List<Mixture> first = new FirstRound(allowed).mixtures();
    return new GreedyPath(allowed, first.subList(first.size() - 1, first.size()), BitSet::get);
  }

  @Override
  public SearchStep next(History history) {
    List<Mixture> choices = start;
    double best = Double.POSITIVE_INFINITY;
    while (true) {
      List<Mixture> missing = history.missing(choices);
      if (!missing.isEmpty()) {
        return SearchStep.Evaluate.of(missing);
      }
      Mixture chosen =
          choices.stream()
              .min(Comparator.comparingDouble(choice -> history.score(choice).orElseThrow()))
              .orElse(null);
      if (chosen == null || history.score(chosen).orElseThrow() >= best) {
        return new SearchStep.Stop("no further step of one dataset helps");
      }
      best = history.score(chosen).orElseThrow();
      choices = steps(allowed.axes().members(chosen));
    }
  }

  private List<Mixture> steps(BitSet members) {
    return Arrays.stream(allowed.free())
        .filter(dataset -> changes.test(members, dataset))
        .mapToObj(dataset -> flipped(members, dataset))
        .filter(changed -> !changed.isEmpty())
        .map(allowed.axes()::subset)
        .filter(allowed::allows)
        .toList();
  }

  private static BitSet flipped(BitSet members, int dataset) {
    BitSet changed = (BitSet) members.clone();
    changed.flip(dataset);
    return changed;
  }
}
