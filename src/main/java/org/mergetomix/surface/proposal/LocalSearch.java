package org.mergetomix.surface.proposal;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Surface;
import org.mergetomix.surface.Walk;

/**
 * Goes down a surface's mean by adding, removing or exchanging a dataset, the best step each time,
 * and collects what it saw on the way. Exchanges are tried between the most promising removals and
 * additions only, so that a step costs little more than one look at each dataset.
 */
final class LocalSearch {

  private static final int EXCHANGES = 12;

  private final AllowedSubsets allowed;
  private final Surface surface;
  private final CandidatePool pool;
  private final int[] free;

  /** What each dataset counts beside others, before weights are divided by their sum; 1 on mean. */
  private final double[] amounts;

  LocalSearch(AllowedSubsets allowed, Surface surface, CandidatePool pool) {
    this.allowed = allowed;
    this.surface = surface;
    this.pool = pool;
    free = allowed.free();
    Axes axes = allowed.axes();
    double[] all = axes.datasets().stream().mapToDouble(axes.subsets()::amount).toArray();
    double mean = Arrays.stream(all).average().orElseThrow();
    amounts = Arrays.stream(all).map(amount -> amount / mean).toArray();
  }

  /** Walks down from a subset to where no step helps. */
  void from(BitSet start) {
    BitSet members = (BitSet) start.clone();
    double[] indicators = new double[allowed.axes().size()];
    members.stream().forEach(member -> indicators[member] = amounts[member]);
    Walk walk = surface.walk(indicators);
    pool.offer((BitSet) members.clone(), walk.mean());
    Step step = best(walk, members);
    double mean = walk.mean();
    while (step.mean() < mean - 1e-12 * Math.abs(mean)) {
      walk.move(
          step.first(), change(members, step.first()), step.second(), secondChange(members, step));
      apply(members, step);
      mean = step.mean();
      step = best(walk, members);
    }
  }

  private Step best(Walk walk, BitSet members) {
    List<Step> flips =
        Arrays.stream(free)
            .mapToObj(
                dataset ->
                    new Step(
                        walk.meanAfter(dataset, change(members, dataset), dataset, 0),
                        dataset,
                        dataset))
            .sorted(Comparator.comparingDouble(Step::mean))
            .toList();
    Step best = new Step(Double.POSITIVE_INFINITY, 0, 0);
    int size = members.cardinality();
    for (Step flip : flips) {
      int changed = members.get(flip.first()) ? size - 1 : size + 1;
      if (changed >= allowed.minimum() && changed <= allowed.maximum()) {
        best = better(best, flip, members);
      }
    }
    List<Step> removals = most(flips.stream().filter(flip -> members.get(flip.first())).toList());
    List<Step> additions = most(flips.stream().filter(flip -> !members.get(flip.first())).toList());
    for (Step removal : removals) {
      for (Step addition : additions) {
        double mean =
            walk.meanAfter(
                removal.first(),
                change(members, removal.first()),
                addition.first(),
                change(members, addition.first()));
        best = better(best, new Step(mean, removal.first(), addition.first()), members);
      }
    }
    return best;
  }

  private Step better(Step best, Step step, BitSet members) {
    if (pool.wants(step.mean())) {
      BitSet reached = (BitSet) members.clone();
      apply(reached, step);
      pool.offer(reached, step.mean());
    }
    return step.mean() < best.mean() ? step : best;
  }

  private static List<Step> most(List<Step> steps) {
    return steps.subList(0, Math.min(EXCHANGES, steps.size()));
  }

  private static void apply(BitSet members, Step step) {
    members.flip(step.first());
    if (step.isExchange()) {
      members.flip(step.second());
    }
  }

  private double change(BitSet members, int dataset) {
    return members.get(dataset) ? -amounts[dataset] : amounts[dataset];
  }

  private double secondChange(BitSet members, Step step) {
    return step.isExchange() ? change(members, step.second()) : 0;
  }

  /** A change of one dataset, named twice, or of two. */
  private record Step(double mean, int first, int second) {

    boolean isExchange() {
      return first != second;
    }
  }
}
