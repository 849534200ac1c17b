package org.mergetomix.surface.proposal;

import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.surface.Observation;
import org.mergetomix.surface.Surface;

/**
 * The subsets that a surface is asked about: all where there are few, else those that a local
 * search meets on its way down from the four best and four random ones.
 */
final class Candidates {

  private static final int LOOK_AT_ALL = 8192;
  private static final int POOL = 400;
  private static final int STARTS = 4;

  private final AllowedSubsets allowed;
  private final long seed;

  Candidates(AllowedSubsets allowed, long seed) {
    this.allowed = allowed;
    this.seed = seed;
  }

  /** The subsets; those that were seen are among them. */
  List<BitSet> of(Surface surface, List<Observation> seen) {
    if (allowed.count() <= LOOK_AT_ALL) {
      return allowed.list();
    }
    CandidatePool pool = new CandidatePool(POOL + seen.size());
    LocalSearch search = new LocalSearch(allowed, surface, pool);
    seen.stream()
        .sorted(Comparator.comparingDouble(Observation::score))
        .map(Observation::mixture)
        .filter(this::isAllowed)
        .map(allowed.axes()::members)
        .limit(STARTS)
        .forEach(search::from);
    SplittableRandom generator = new SplittableRandom(seed + seen.size());
    for (int i = 0; i < STARTS; i++) {
      int size = generator.nextInt(allowed.minimum(), allowed.maximum() + 1);
      search.from(allowed.random(generator, size));
    }
    return pool.lowestFirst();
  }

  /** Whether a mixture is one of the subsets. */
  boolean isAllowed(Mixture mixture) {
    return allowed.isSubset(mixture);
  }
}
